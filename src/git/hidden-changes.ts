import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RepoPath } from '../core/ids.ts';
import type { Checkout } from './worktrees.ts';
import type { TreeChange } from './diff.ts';
import type { Git } from './git.ts';
import { copyIndex } from './index-copy.ts';
import { lstatIfThere } from './on-disk.ts';

/** A path that git was told not to look at. */
export interface FlaggedPath {
  readonly path: RepoPath;
  /** Left out by a sparse checkout, or meant to look so. */
  readonly skipped: boolean;
}

/**
 * Which of the flagged paths the user has edited: of all, or of those that these changes touch. A file that a sparse checkout
 * leaves out is not edited.
 */
export async function hiddenChanges(git: Git, { worktree, gitDir }: Checkout, all: readonly FlaggedPath[], changes: readonly TreeChange[] | null): Promise<RepoPath[]> {
  const touched = changes === null ? null : new Set<string>(changes.filter((change) => change.status !== 'A').map((change) => change.path));
  const flagged = all.filter(({ path, skipped }) => touched?.has(path) !== false && !(skipped && lstatIfThere(worktree, path) === null));
  if (flagged.length === 0) return [];
  // A folder of its own: several commands may look at once.
  const folder = mkdtempSync(join(tmpdir(), 'aiteam-look-'));
  const index = join(folder, 'index');
  const input = Buffer.from(flagged.map(({ path }) => `${path}\0`).join(''), 'latin1');
  const there = git.at(worktree).with({ GIT_INDEX_FILE: index });
  try {
    copyIndex(gitDir, index);
    await there.run(['update-index', '--no-assume-unchanged', '-z', '--stdin'], { input });
    await there.run(['update-index', '--no-skip-worktree', '-z', '--stdin'], { input });
    await there.run(['update-index', '-q', '--refresh'], { accept: [0, 1] });
    const changed = new Set((await there.bytes(['diff-files', '--name-only', '--no-renames', '-z'])).split('\0'));
    return flagged.map(({ path }) => path).filter((path) => changed.has(path));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The paths of which git was told not to look whether they are edited (git-update-index(1), assume-unchanged and
 * skip-worktree; git-ls-files(1), -v: `S` for skip-worktree, a small letter for assume-unchanged).
 */
export async function flaggedPaths(git: Git, worktree: string): Promise<FlaggedPath[]> {
  const out = await git.bytes(['ls-files', '-v', '-z'], { cwd: worktree });
  // Of a great many entries few are flagged, as a rule none.
  return [...out.matchAll(/(?<=^|\0)([a-zS]) ([^\0]*)/g)].map(([, flag = '', path = '']) => ({ path: path as RepoPath, skipped: flag.toUpperCase() === 'S' }));
}
