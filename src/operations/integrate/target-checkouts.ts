import { refusal } from '../../core/errors.ts';
import { branchRef } from '../../core/ids.ts';
import { branchBeingRebased, hasUnmerged, operationUnderWay } from '../../git/worktree-state.ts';
import { listWorktrees, type Checkout, type Worktree } from '../../git/worktrees.ts';
import type { Workspace } from '../workspace.ts';

/**
 * The worktrees that have the target checked out. Errors: `target-busy` where one of them is in the middle of something,
 * a rebase that will move the target at its end included.
 */
export async function targetCheckouts(workspace: Workspace, target: string): Promise<Checkout[]> {
  const busy = ({ worktree }: Checkout, what: string): Error =>
    refusal('target-busy', `${worktree}, where ${branchRef(target)} is checked out, ${what}`, `finish or abort it: git -C ${worktree} status`);
  const all = await presentWorktrees(workspace);
  for (const { checkout } of all) if (branchBeingRebased(checkout.gitDir) === branchRef(target)) throw busy(checkout, 'is in the middle of a rebase of it');
  const checkouts = all.filter(({ branch }) => branch === target).map(({ checkout }) => checkout);
  for (const checkout of checkouts) {
    const underWay = operationUnderWay(checkout.gitDir);
    if (underWay !== null) throw busy(checkout, `is in the middle of ${underWay}`);
    if (await hasUnmerged(workspace.git, checkout.worktree)) throw busy(checkout, 'has unmerged paths');
  }
  return checkouts;
}

/** The worktrees that have a branch checked out, whatever they are in the middle of. */
export async function checkoutsOf(workspace: Workspace, branch: string): Promise<Checkout[]> {
  return (await presentWorktrees(workspace)).filter((worktree) => worktree.branch === branch).map(({ checkout }) => checkout);
}

async function presentWorktrees({ git, repo }: Workspace): Promise<{ branch: string | null; checkout: Checkout }[]> {
  const present = (await listWorktrees(git, repo.commonDir)).filter((worktree) => !worktree.bare && !worktree.prunable);
  return present.map((worktree) => ({ branch: worktree.branch, checkout: checkoutOf(worktree, repo) }));
}

function checkoutOf({ gitDir, path }: Worktree, { mainWorktree, commonDir }: Workspace['repo']): Checkout {
  return gitDir === null ? { worktree: mainWorktree ?? path, gitDir: commonDir } : { worktree: path, gitDir };
}
