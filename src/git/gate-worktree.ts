import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitId } from '../core/ids.ts';
import { changedPaths } from './worktree-state.ts';
import type { Git } from './git.ts';

/** The name of the gate's folder; lists of worktrees leave it out. */
export const GATE_FOLDER = 'aiteam-gate';

/**
 * The gate's own linked worktree with a commit checked out, tracked files restored and untracked ones removed; ignored
 * files, such as build folders, stay unless `clean`. Answers whether it was made anew.
 */
export async function checkOutGate(git: Git, folder: string, commit: CommitId, clean: boolean): Promise<boolean> {
  if (!existsSync(join(folder, '.git'))) {
    await git.run(['worktree', 'prune']);
    await git.run(['worktree', 'add', '--quiet', '--force', '--detach', folder, commit]);
    return true;
  }
  const there = git.at(folder);
  await there.run(['checkout', '--quiet', '--force', '--detach', commit]);
  await there.run(['clean', '-ffdq', ...(clean ? ['-x'] : [])]);
  return false;
}

/** The tracked files that a gate left changed. */
export async function changedByGate(git: Git, folder: string): Promise<readonly string[]> {
  return (await changedPaths(git, folder, false)).map((change) => change.path);
}
