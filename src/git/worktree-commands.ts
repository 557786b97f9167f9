import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { branchRef, type CommitId } from '../core/ids.ts';
import type { Git } from './git.ts';
import { adminFolders, worktreeGitDirs } from './worktrees.ts';

/** Makes a linked worktree with a branch checked out, the branch made first where `newBranch` says at which commit. */
export async function addWorktree(git: Git, worktree: { path: string; branch: string; newBranch: CommitId | null }): Promise<void> {
  const { path, branch, newBranch } = worktree;
  const what = newBranch === null ? [path, branch] : ['--no-track', '-b', branch, path, newBranch];
  await git.run(['worktree', 'add', '--quiet', ...what]);
}

/** Removes a worktree and all that is in its folder; only its registration where the folder is gone. */
export async function removeWorktree(git: Git, path: string): Promise<void> {
  await git.run(['worktree', 'remove', '--force', path]);
}

/** Connects worktrees that were moved by hand with the repository again; paths are where they are now. */
export async function repairWorktrees(git: Git, paths: readonly string[]): Promise<void> {
  await git.run(['worktree', 'repair', ...paths], { accept: [0, 1] });
}

/** Whether git has finished making the worktree at this path: its last step is the index. */
export function isWhole(gitDir: string, path: string): boolean {
  const has = (name: string): boolean => existsSync(join(gitDir, name));
  return existsSync(join(path, '.git')) && has('HEAD') && textOf(join(gitDir, 'commondir')) !== '' && has('index') && !has('index.lock')
    && textOf(join(gitDir, 'locked')) !== 'initializing';
}

/** The git directory of the worktree at this path, or null where git has none registered. */
export function gitDirOf(commonDir: string, path: string): string | null {
  return worktreeGitDirs(commonDir).get(path) ?? null;
}

/**
 * Removes what a killed `git worktree add` registered for this path: folders that were not there `before`, point here or
 * nowhere, and bear the name that git would have given them.
 */
export function removeHalfMade(commonDir: string, path: string, before: readonly string[]): void {
  const registered = worktreeGitDirs(commonDir);
  const elsewhere = new Set([...registered].filter(([worktree]) => worktree !== path).map(([, gitDir]) => basename(gitDir)));
  for (const name of adminFolders(commonDir)) {
    if (before.includes(name) || elsewhere.has(name) || !isNameFor(name, path)) continue;
    rmSync(join(commonDir, 'worktrees', name), { recursive: true, force: true });
  }
}

/** The lock file that git holds while it makes or moves a branch; a killed git leaves it behind. */
export function branchLock(commonDir: string, branch: string): string {
  return join(commonDir, `${branchRef(branch)}.lock`);
}

/** Git names the folder after the worktree's, other characters than these made `-`, with a number behind where the name is taken. */
function isNameFor(name: string, path: string): boolean {
  const stem = basename(path).replace(/[^A-Za-z0-9._-]+/g, '-');
  return name.startsWith(stem) && /^\d*$/.test(name.slice(stem.length));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
