import { join } from 'node:path';
import { gitDirOf } from '../git/worktree-commands.ts';
import type { Unconfigured } from './workspace.ts';

/** What a sandbox must let an agent write: its worktree first, then its git directory and the parts of the shared one that a commit touches. */
export function writablePaths({ repo, layout }: Pick<Unconfigured, 'repo' | 'layout'>, worktree: string): string[] {
  const own = gitDirOf(repo.commonDir, worktree);
  return [worktree, ...(own === null ? [] : [own]), join(repo.commonDir, 'objects'), join(repo.commonDir, 'refs'), join(repo.commonDir, 'logs'), layout.root];
}
