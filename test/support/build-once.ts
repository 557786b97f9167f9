import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds the binary once before all tests, so that every test drives what users get. */
export default function setup(): void {
  if (process.env['AITEAM_TEST_BUILT'] === '1') return;
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: fileURLToPath(new URL('../..', import.meta.url)), stdio: 'inherit' });
}
