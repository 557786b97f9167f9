import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RefName, RepoPath } from '../core/ids.ts';
import type { Git } from './git.ts';

const MARKS: readonly (readonly [string, string])[] = [
  ['rebase-merge', 'a rebase'], ['rebase-apply', 'a rebase or am'], ['MERGE_HEAD', 'a merge'], ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'], ['BISECT_LOG', 'a bisection'],
];

/** What the worktree with this git directory is in the middle of, such as "a merge"; null for nothing. */
export function operationUnderWay(gitDir: string): string | null {
  return MARKS.find(([file]) => existsSync(join(gitDir, file)))?.[1] ?? null;
}

/** The branch that the worktree with this git directory has checked out, by its HEAD (gitrepository-layout(5)); null where that does not tell, as with reftables. */
export function branchInHead(gitDir: string): RefName | null {
  const name = /^ref: (refs\/heads\/.+)\n$/.exec(readFileSync(join(gitDir, 'HEAD'), 'utf8'))?.[1];
  return name === undefined || name === 'refs/heads/.invalid' ? null : (name as RefName);
}

/** The branch that a rebase in the worktree with this git directory will move when it ends; null for none. Its HEAD is detached until then. */
export function branchBeingRebased(gitDir: string): RefName | null {
  for (const folder of ['rebase-merge', 'rebase-apply']) {
    try {
      const name = readFileSync(join(gitDir, folder, 'head-name'), 'utf8').trim();
      if (name.startsWith('refs/heads/')) return name as RefName;
    } catch {
      // None under way there.
    }
  }
  return null;
}

/** Whether the worktree's index holds unmerged paths, as a stash or a pick leaves them that stopped. */
export async function hasUnmerged(git: Git, worktree: string): Promise<boolean> {
  return (await git.bytes(['ls-files', '--unmerged', '-z'], { cwd: worktree })) !== '';
}

export interface ChangedPath {
  readonly path: RepoPath;
  /** The two letters of git-status(1); `??` untracked. */
  readonly status: string;
}

/** The paths that a worktree has changed against its HEAD; `untracked` says whether files git does not know count, `patterns` where to look. */
export async function changedPaths(git: Git, worktree: string, untracked: boolean, patterns: readonly string[] = []): Promise<ChangedPath[]> {
  const out = await git.bytes(['status', '--porcelain=v1', '-z', '--no-renames', `--untracked-files=${untracked ? 'all' : 'no'}`, '--ignore-submodules=none', '--', ...patterns], { cwd: worktree });
  return out.split('\0').filter((entry) => entry !== '').map((entry) => ({ status: entry.slice(0, 2), path: entry.slice(3) as RepoPath }));
}
