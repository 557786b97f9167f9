import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitId, RepoPath } from '../core/ids.ts';
import { changedPaths } from './worktree-state.ts';
import type { Git } from './git.ts';

/** The name of the gate's folder; lists of worktrees leave it out. */
export const GATE_FOLDER = 'aiteam-gate';

/**
 * The gate's own linked worktree with a commit checked out, tracked files restored and untracked ones removed; ignored
 * files, such as build folders, stay unless `clean`. Answers whether it was made anew.
 */
export async function checkOutGate(git: Git, folder: string, commit: CommitId, clean: boolean): Promise<boolean> {
  const there = git.at(folder);
  try {
    if (!existsSync(join(folder, '.git'))) throw new Error('not there');
    await restoreTracked(git, folder, commit);
    await there.run(['clean', '-ffdq', ...(clean ? ['-x'] : [])]);
    return false;
  } catch {
    // It is ours and can be made again: after a move of the repository, a lock that a killed git left, or damage.
    rmSync(folder, { recursive: true, force: true });
    await git.run(['worktree', 'add', '--quiet', '--force', '--detach', folder, commit]);
    return true;
  }
}

/** Brings the tracked files of the gate's worktree to a commit; what is not tracked stays. */
export async function restoreTracked(git: Git, folder: string, commit: CommitId): Promise<void> {
  await git.at(folder).run(['checkout', '--quiet', '--force', '--detach', commit]);
}

/** Lock files of the usual package managers and the submodules: what a set-up installs follows from them. */
const INSTALLED_FROM = [
  '.gitmodules', 'package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb', 'Cargo.lock', 'go.sum',
  'poetry.lock', 'uv.lock', 'pdm.lock', 'Pipfile.lock', 'requirements.txt', 'Gemfile.lock', 'composer.lock', 'mix.lock', 'gradle.lockfile',
];

/** What of a commit's top folder a set-up depends on, as text to compare. */
export async function installedFrom(git: Git, commit: CommitId): Promise<string> {
  return git.bytes(['ls-tree', commit, '--', ...INSTALLED_FROM]);
}

/** The tracked files that differ from what was checked out. */
export async function changedByGate(git: Git, folder: string): Promise<readonly RepoPath[]> {
  return (await changedPaths(git, folder, false)).map((change) => change.path);
}
