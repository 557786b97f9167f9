import { dropIndexCopy } from '../../git/checkout.ts';
import type { Checkout } from '../../git/worktrees.ts';
import { treeChanges } from '../../git/diff.ts';
import { differingFromIndex, inIndexAs } from '../../git/index-at.ts';
import { holdsIndexLock } from '../../git/index-lock.ts';
import { standingInTheWay } from '../../git/paths-in-the-way.ts';
import type { Workspace } from '../workspace.ts';
import { clearIntent, type LandingIntent } from './intent.ts';
import { moveAlong } from './land.ts';
import { checkoutsOf } from './target-checkouts.ts';

/** Takes back what of an interrupted landing lies in checkouts already: nothing of it is on the target. */
export async function takeBack(workspace: Workspace, intent: LandingIntent): Promise<void> {
  await moveBack(workspace, intent, intent.checkouts.filter((checkout) => holdsIndexLock(checkout, intent.token)));
  for (const checkout of intent.checkouts) dropIndexCopy(checkout);
  clearIntent(workspace.layout);
}

/** The same for checkouts whose `index.lock` somebody has removed since; those with changes of their user's since are left. */
export async function takeBackUnlocked(workspace: Workspace, intent: LandingIntent): Promise<void> {
  const onTarget = new Set((await checkoutsOf(workspace, intent.target)).map(({ gitDir }) => gitDir));
  for (const checkout of intent.checkouts) {
    if (onTarget.has(checkout.gitDir) && !holdsIndexLock(checkout, intent.token) && await hasLandingAlone(workspace, intent, checkout)) await moveBack(workspace, intent, [checkout]);
  }
}

function moveBack(workspace: Workspace, intent: LandingIntent, checkouts: readonly Checkout[]): Promise<boolean> {
  return moveAlong(workspace, intent, checkouts, true, () => Promise.resolve(false));
}

/** Whether index and files have all that was to land, and nothing of the user's in its paths. */
async function hasLandingAlone({ git }: Workspace, intent: LandingIntent, checkout: Checkout): Promise<boolean> {
  const changes = await treeChanges(git, intent.old, intent.new);
  if ((await inIndexAs(git, checkout, intent.new, changes)).length < changes.length) return false;
  if ((await differingFromIndex(git, checkout, changes)).length > 0) return false;
  return standingInTheWay(checkout.worktree, await treeChanges(git, intent.new, intent.old)).length === 0;
}
