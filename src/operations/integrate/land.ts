import { AiteamError } from '../../core/errors.ts';
import { branchRef, type CommitId } from '../../core/ids.ts';
import { isLeftHalfMoved, moveCheckout } from '../../git/checkout.ts';
import type { Checkout } from '../../git/worktrees.ts';
import { treeChanges } from '../../git/diff.ts';
import { inIndexAs } from '../../git/index-at.ts';
import { escapeText } from '../../core/text.ts';
import { changeRefs, resolveCommit } from '../../git/refs.ts';
import { pushCommit, type RemoteBranch } from '../../git/remote.ts';
import { stillKept } from '../../state/resolutions.ts';
import { failpoint } from '../../process/failpoint.ts';
import { doing, warn } from '../context.ts';
import type { Workspace } from '../workspace.ts';
import { checkoutsOf } from './target-checkouts.ts';
import { clearIntent, writeIntent, type LandingIntent } from './intent.ts';

/**
 * Moves the target by compare-and-swap, its checkouts with it; false where the target was not at the old id any more. Where
 * the intent has a push, the remote's branch moves first, and what keeps the branch here from following is only said.
 */
export async function land(workspace: Workspace, intent: LandingIntent): Promise<boolean> {
  writeIntent(workspace.layout, intent);
  return intent.push === undefined ? landHere(workspace, intent) : landThere(workspace, intent, intent.push);
}

async function landThere(workspace: Workspace, intent: LandingIntent, to: RemoteBranch): Promise<boolean> {
  doing(workspace.context, `pushing ${intent.target} to ${to.remote}`);
  try {
    if (!(await pushCommit(workspace.git, to, intent.new))) {
      clearIntent(workspace.layout);
      return false;
    }
  } catch (error) {
    // Where nobody can say whether it arrived, the intent stays and the next run asks.
    if (!(error instanceof AiteamError) || error.code !== 'push-unknown') clearIntent(workspace.layout);
    throw error;
  }
  await followHere(workspace, intent, false);
  workspace.journal.append(...intent.events);
  clearIntent(workspace.layout);
  return true;
}

/** Lets the branch here follow what is on the remote already. */
export async function followHere(workspace: Workspace, intent: LandingIntent, again: boolean): Promise<void> {
  const { target } = intent;
  const behind = (why: string): void => warn(workspace.context, `${intent.push?.remote ?? 'the remote'} has it, but ${target} here stays where it is: ${why}`, `git pull --ff-only, where ${target} is checked out`);
  try {
    if (await moveAlong(workspace, intent, intent.checkouts, again, swapTarget(workspace, intent))) await moveLateComers(workspace, intent);
    else behind('it moved meanwhile');
  } catch (error) {
    if (!(error instanceof AiteamError) || isLeftHalfMoved(error)) throw error;
    behind(error.message);
  }
}

async function landHere(workspace: Workspace, intent: LandingIntent): Promise<boolean> {
  let moved = false;
  try {
    failpoint('intent-written');
    moved = await moveAlong(workspace, intent, intent.checkouts, false, swapTarget(workspace, intent));
  } catch (error) {
    // Its own steps are undone, unless the target has moved or the disk did not let them: then the next command completes it.
    if (!isLeftHalfMoved(error) && !(await isAt(workspace, intent.target, intent.new))) clearIntent(workspace.layout);
    throw error;
  }
  if (moved) {
    workspace.journal.append(...intent.events);
    failpoint('landing-recorded');
    await moveLateComers(workspace, intent);
  }
  clearIntent(workspace.layout);
  failpoint('intent-cleared');
  return moved;
}

/** Worktrees that went to the target before it moved, and that nobody moved along: they show it as a staged reversal. */
export async function moveLateComers(workspace: Workspace, intent: LandingIntent): Promise<void> {
  const { git } = workspace;
  const known = new Set(intent.checkouts.map((checkout) => checkout.gitDir));
  const others = (await checkoutsOf(workspace, intent.target)).filter((checkout) => !known.has(checkout.gitDir));
  if (others.length === 0) return;
  const changes = await treeChanges(git, intent.old, intent.new);
  for (const checkout of others) {
    try {
      if ((await inIndexAs(git, checkout, intent.old, changes)).length > 0) await moveAlong(workspace, intent, [checkout], true, () => Promise.resolve(true));
    } catch (error) {
      if (!(error instanceof AiteamError)) throw error;
      warn(workspace.context, `${escapeText(checkout.worktree)} went to ${intent.target} while it moved, and stayed behind: ${error.message}`, `see: git -C ${checkout.worktree} status`);
    }
  }
}

/** Whether a branch is at this very commit. */
export async function isAt(workspace: Workspace, branch: string, commit: CommitId): Promise<boolean> {
  return (await resolveCommit(workspace.git, branchRef(branch))) === commit;
}

/** Moves the checkouts around `swap`, each with its `index.lock` held; `again` after a kill. */
export function moveAlong(workspace: Workspace, intent: LandingIntent, checkouts: readonly Checkout[], again: boolean, swap: () => Promise<boolean>): Promise<boolean> {
  const git = workspace.git.shielded();
  const move = { branch: branchRef(intent.target), from: intent.old, to: intent.new, token: intent.token, again };
  return checkouts.reduceRight<() => Promise<boolean>>((inner, checkout) => () => moveCheckout(git, checkout, move, inner), swap)();
}

/** The compare-and-swap of the target, together with the resolutions that it lands with; true too where it is at the new id already. */
export function swapTarget(workspace: Workspace, intent: LandingIntent): () => Promise<boolean> {
  const git = workspace.git.shielded();
  // From inside the checkout, so that its HEAD's reflog tells of the landing too.
  const there = intent.checkouts[0] === undefined ? git : git.at(intent.checkouts[0].worktree);
  const change = { ref: branchRef(intent.target), from: intent.old, to: intent.new };
  const changes = [change, ...(intent.resolutions ?? []).map(stillKept)];
  return async () => {
    const moved = await changeRefs(there, changes, `aiteam: ${intent.token}`) || (await resolveCommit(git, change.ref)) === intent.new;
    failpoint('target-moved');
    return moved;
  };
}

/** A landing's id: short, and found again from its commit. */
export function landingId(commit: CommitId): string {
  return `L${commit.slice(0, 8)}`;
}
