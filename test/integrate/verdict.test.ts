import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { openCleanRoom } from '../../src/git/clean-room.ts';
import { mergeTree } from '../../src/git/merge-tree.ts';
import { openRepository } from '../../src/git/repository.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

/** One thing that a branch does to the tree; what does not apply is left out. */
type Step =
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
const branch = fc.array(step, { minLength: 1, maxLength: 5 });

function take(made: Scratch, one: Step): void {
  const path = join(made.repo, one.file);
  if (one.do === 'add') {
    if (!existsSync(path)) made.write({ [one.file]: `${one.text}\n` });
    return;
  }
  if (!existsSync(path)) return;
  if (one.do === 'delete') return rmSync(path);
  if (one.do === 'mode') return chmodSync(path, 0o755);
  if (one.do === 'move') {
    if (existsSync(join(made.repo, dirname(one.to))) && existsSync(join(made.repo, one.to))) return;
    try {
      mkdirSync(dirname(join(made.repo, one.to)), { recursive: true });
      renameSync(path, join(made.repo, one.to));
    } catch {
      // A file stands where the folder would be: this step does not apply.
    }
    return;
  }
  const lines = made.read(one.file).split('\n');
  lines.splice(Math.min(one.line - 1, lines.length - 1), one.do === 'edit' ? 1 : 0, one.text);
  writeFileSync(path, lines.join('\n'));
}

function branchOf(made: Scratch, name: string, steps: readonly Step[]): CommitId {
  made.git(['checkout', '-q', '--force', '-B', name, 'main']);
  for (const one of steps) take(made, one);
  made.git(['add', '-A']);
  made.git(['commit', '-q', '--allow-empty', '-m', name]);
  return made.git(['rev-parse', 'HEAD']) as CommitId;
}

describe('the verdict is git\'s', () => {
  // Seen to fail, within a few histories, when the room's attributes differ from the checkout's (`* merge=union`).
  it('over generated histories: conflicted exactly where git merge stops, the same tree where it does not', async () => {
    const made = scratch();
    made.commit(Object.fromEntries(FILES.map((name) => [name, Array.from({ length: 12 }, (_, index) => `${name} ${index + 1}\n`).join('')])), 'files');
    const repo = await openRepository(made.repo, made.env);
    const room = await openCleanRoom(repo, join(repo.commonDir, 'aiteam', 'clean-room'), made.git(['rev-parse', 'main']) as CommitId);
    let stops = 0;
    await fc.assert(fc.asyncProperty(branch, branch, async (ours, theirs) => {
      const [one, other] = [branchOf(made, 'one', ours), branchOf(made, 'other', theirs)];
      const ourVerdict = await mergeTree(room, one, other);
      made.git(['checkout', '-q', '--force', '--detach', one]);
      made.git(['clean', '-qfd']);
      const git = made.tryGit(['merge', '--no-ff', '--no-edit', '-q', other]);
      const gitTree = git.code === 0 ? made.git(['rev-parse', 'HEAD^{tree}']) : null;
      if (git.code !== 0) stops += 1;
      made.git(['reset', '-q', '--hard']);
      made.git(['clean', '-qfd']);
      expect(ourVerdict.kind === 'clean' ? ourVerdict.tree : null).toBe(gitTree);
    }), { numRuns: 40 });
    expect(stops).toBeGreaterThan(0);
  });
});
