import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import type { Scratch } from './scratch.ts';

/** One thing that a branch does to the tree; what does not apply is left out. */
export type Step =
  | { readonly do: 'edit'; readonly file: string; readonly line: number; readonly text: string }
  | { readonly do: 'insert'; readonly file: string; readonly line: number; readonly text: string }
  | { readonly do: 'delete'; readonly file: string }
  | { readonly do: 'move'; readonly file: string; readonly to: string }
  | { readonly do: 'mode'; readonly file: string }
  | { readonly do: 'add'; readonly file: string; readonly text: string };

const FILES = ['a.txt', 'b.txt', 'dir/c.txt', 'dir/d.txt'];
const file = fc.constantFrom(...FILES);
const line = fc.integer({ min: 1, max: 12 });
const text = fc.constantFrom('x', 'y', 'z');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('edit' as const), file, line, text }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('insert' as const), file, line, text }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), file }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), file, to: fc.constantFrom('e.txt', 'moved/f.txt', 'b.txt') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mode' as const), file }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('add' as const), file: fc.constantFrom('new.txt', 'moved', 'dir/c.txt'), text }) },
);
/** What a branch does. */
export const anySteps = fc.array(step, { minLength: 1, maxLength: 5 });

/** Does it to the files of a worktree. */
export function take(made: Scratch, one: Step, cwd = made.repo): void {
  const path = join(cwd, one.file);
  if (one.do === 'add') {
    if (!existsSync(path)) made.write({ [one.file]: `${one.text}\n` }, cwd);
    return;
  }
  if (!existsSync(path)) return;
  if (one.do === 'delete') return rmSync(path);
  if (one.do === 'mode') return chmodSync(path, 0o755);
  if (one.do === 'move') {
    if (existsSync(join(cwd, dirname(one.to))) && existsSync(join(cwd, one.to))) return;
    try {
      mkdirSync(dirname(join(cwd, one.to)), { recursive: true });
      renameSync(path, join(cwd, one.to));
    } catch {
      // A file stands where the folder would be: this step does not apply.
    }
    return;
  }
  const lines = made.read(one.file, cwd).split('\n');
  lines.splice(Math.min(one.line - 1, lines.length - 1), one.do === 'edit' ? 1 : 0, one.text);
  writeFileSync(path, lines.join('\n'));
}

/** Commits the files that steps are about: twelve lines each, every line told by its name and number. */
export function filesCommitted(made: Scratch): void {
  made.commit(Object.fromEntries(FILES.map((name) => [name, Array.from({ length: 12 }, (_, index) => `${name} ${index + 1}\n`).join('')])), 'files');
}
