import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import { frame } from '../../src/core/frames.ts';
import { layoutOf, type Layout } from '../../src/state/layout.ts';
import { thisPlace } from '../../src/state/owner.ts';

/** An empty journal in a temporary folder, removed after the test. */
export function journalFolder(): Layout {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'aiteam-journal-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const layout = layoutOf(folder, null);
  mkdirSync(layout.journal, { recursive: true });
  return layout;
}

/** A process id that nobody has: above what Linux and macOS give. */
export const NO_PROCESS = 4_194_305;

/** The name of an event file of a process that has ended. */
export function endedProcess(number: number): string {
  return `p-m0000${number.toString(36)}-${NO_PROCESS}-${thisPlace()}.log`;
}

export function writeEvents(layout: Layout, file: string, events: readonly unknown[], rest = ''): void {
  writeFileSync(join(layout.journal, file), events.map(frame).join('') + rest);
}

/** Makes a file look as if nobody had written to it for a minute. */
export function makeSilent(layout: Layout, file: string): void {
  const then = Date.now() / 1000 - 60;
  utimesSync(join(layout.journal, file), then, then);
}

/** Bundles a module of ours with this ending, for a process of its own; gives the script's path. */
export async function scriptWith(folder: string, name: string, source: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  const root = fileURLToPath(new URL('../..', import.meta.url));
  await build({
    stdin: { contents: source, resolveDir: root, loader: 'ts' }, outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'error',
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  });
  return outfile;
}
