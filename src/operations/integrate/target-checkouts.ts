import { refusal } from '../../core/errors.ts';
import { branchRef } from '../../core/ids.ts';
import type { Checkout } from '../../git/checkout.ts';
import { operationUnderWay } from '../../git/worktree-state.ts';
import { listWorktrees } from '../../git/worktrees.ts';
import type { Workspace } from '../workspace.ts';

/** The worktrees that have the target checked out. Errors: `target-busy` where one of them is in the middle of something. */
export async function targetCheckouts(workspace: Workspace, target: string): Promise<Checkout[]> {
  const checkouts = await checkoutsOf(workspace, target);
  for (const { worktree, gitDir } of checkouts) {
    const underWay = operationUnderWay(gitDir);
    if (underWay !== null) {
      throw refusal('target-busy', `${worktree}, where ${branchRef(target)} is checked out, is in the middle of ${underWay}`, `finish or abort it: git -C ${worktree} status`);
    }
  }
  return checkouts;
}

/** The worktrees that have a branch checked out, whatever they are in the middle of. */
export async function checkoutsOf({ git, repo }: Workspace, branch: string): Promise<Checkout[]> {
  const worktrees = await listWorktrees(git, repo.commonDir);
  return worktrees.filter((worktree) => !worktree.bare && !worktree.prunable && worktree.branch === branch).map((worktree) => ({
    worktree: worktree.gitDir === null ? (repo.mainWorktree ?? worktree.path) : worktree.path,
    gitDir: worktree.gitDir ?? repo.commonDir,
  }));
}
