import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gitDirOf } from '../git/worktree-commands.ts';
import type { Env } from '../process/run.ts';
import { slotsFolder } from '../state/user-state.ts';
import type { Unconfigured } from './workspace.ts';

/** What a commit of an agent writes: its worktree first, then its git directory and the parts of the shared one that a commit touches. */
export function committedPaths({ repo, layout }: Pick<Unconfigured, 'repo' | 'layout'>, worktree: string): string[] {
  const own = gitDirOf(repo.commonDir, worktree);
  return [worktree, ...(own === null ? [] : [own]), join(repo.commonDir, 'objects'), join(repo.commonDir, 'refs'), join(repo.commonDir, 'logs'), layout.root];
}

/** What a sandbox must let an agent write, its worktree first: what a commit writes, and the folder of the slots for `aiteam run`. */
export function writablePaths(workspace: Pick<Unconfigured, 'repo' | 'layout'>, worktree: string, env: Env): string[] {
  return [...committedPaths(workspace, worktree), thereIfCanBe(slotsFolder(env))];
}

/** The folder, made where it is missing: a sandbox can open only what is there. */
function thereIfCanBe(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // `aiteam run` says so.
  }
  return folder;
}
