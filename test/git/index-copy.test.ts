import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openGit } from '../../src/git/git.ts';
import { copyIndex } from '../../src/git/index-copy.ts';
import { snapshotWorktree } from '../../src/git/snapshot.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

/** README.md edited to the same length in the very second in which the index was written: only the index's time tells. */
function editedInTheSameSecond(): Scratch {
  const made = scratch();
  made.git(['config', 'core.trustctime', 'false']);
  const then = 1_600_000_000;
  const write = (text: string): void => {
    made.write({ 'README.md': text });
    utimesSync(join(made.repo, 'README.md'), then, then);
  };
  write('one\n');
  made.git(['commit', '-q', '-a', '-m', 'one']);
  write('two\n');
  utimesSync(join(made.repo, '.git', 'index'), then, then);
  return made;
}

// Seen to fail with a copy that has the time at which it was made: git then takes the file for unchanged.
it('an edit of the same length in the second in which the index was written is in the snapshot', async () => {
  const made = editedInTheSameSecond();
  const commit = await snapshotWorktree(openGit(made.repo, made.env), { path: made.repo, gitDir: join(made.repo, '.git') }, [], 'unsaved\n');
  expect(made.git(['show', `${commit}:README.md`])).toBe('two');
});

it('the copy is never younger than the index', () => {
  const made = scratch();
  const [index, copy] = [join(made.repo, '.git', 'index'), join(made.folder, 'copy')];
  copyIndex(join(made.repo, '.git'), copy);
  const [written, copied] = [statSync(index, { bigint: true }).mtimeNs, statSync(copy, { bigint: true }).mtimeNs];
  expect(copied).toBeLessThanOrEqual(written);
  expect(written - copied).toBeLessThan(10_000n);
});

it('where there is no index there is no copy', () => {
  const made = scratch();
  copyIndex(made.folder, join(made.folder, 'copy'));
  expect(statSync(join(made.folder, 'copy'), { throwIfNoEntry: false })).toBeUndefined();
});
