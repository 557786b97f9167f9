import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds the binary once before all tests, so that every test drives what users get; and beside it the one with failpoints. */
export default function setup(): void {
  if (process.env['AITEAM_TEST_BUILT'] !== '1') build();
  build('--with-failpoints');
}

function build(...options: string[]): void {
  execFileSync(process.execPath, ['scripts/build.mjs', ...options], { cwd: fileURLToPath(new URL('../..', import.meta.url)), stdio: 'inherit' });
}
