import { AiteamError } from '../../core/errors.ts';
import { branchRef, type CommitId } from '../../core/ids.ts';
import { bringIndexForward, holdsIndexLock, moveCheckout, type Checkout } from '../../git/checkout.ts';
import { isAncestor } from '../../git/commits.ts';
import { changeRefs, resolveCommit } from '../../git/refs.ts';
import { doing, warn } from '../context.ts';
import type { Workspace } from '../workspace.ts';
import { clearIntent, readIntent, writeIntent, type LandingIntent } from './intent.ts';

/** Moves the target by compare-and-swap, its checkouts with it; false where the target was not at the old id any more. */
export async function land(workspace: Workspace, intent: LandingIntent): Promise<boolean> {
  writeIntent(workspace.layout, intent);
  let moved = false;
  try {
    moved = await moveAlong(workspace, intent, intent.checkouts, false, swapTarget(workspace, intent));
  } finally {
    // A kill leaves the intent behind; a refusal or a lost race has undone its own steps.
    if (!moved) clearIntent(workspace.layout);
  }
  if (!moved) return false;
  workspace.journal.append(...intent.events);
  clearIntent(workspace.layout);
  return true;
}

/** Completes the landing that a killed run left, before anything else is tried. Call it with the coordinator's mutex held. */
export async function completeLanding(workspace: Workspace): Promise<void> {
  const intent = readIntent(workspace.layout);
  if (intent === null) return;
  const { git, context } = workspace;
  const tip = await resolveCommit(git, branchRef(intent.target));
  const landed = tip === intent.new || (tip !== null && await isAncestor(git, intent.new, tip));
  if (!landed && tip !== intent.old) {
    await moveAlong(workspace, intent, intent.checkouts.filter((checkout) => holdsIndexLock(checkout, intent.token)), true, () => Promise.resolve(false));
    clearIntent(workspace.layout);
    warn(context, `${intent.target} was moved after a landing was interrupted: that landing is given up, nothing of it is on ${intent.target}`, `git status, where ${intent.target} is checked out`);
    return;
  }
  doing(context, 'completing the landing that an earlier run was killed in');
  if (landed) {
    // The files moved before the branch did; whatever differs now is the user's.
    const waiting = intent.checkouts.filter((checkout) => holdsIndexLock(checkout, intent.token));
    for (const checkout of waiting) await bringIndexForward(git, checkout, intent.old, intent.new);
  } else if (!(await completed(workspace, intent))) return;
  if (!hasLanding(workspace, intent)) workspace.journal.append(...intent.events);
  clearIntent(workspace.layout);
}

/** Goes forward where the target has not moved yet; given up where the user has changed what was to land. */
async function completed(workspace: Workspace, intent: LandingIntent): Promise<boolean> {
  try {
    if (await moveAlong(workspace, intent, intent.checkouts, true, swapTarget(workspace, intent))) return true;
  } catch (error) {
    if (!(error instanceof AiteamError) || error.code !== 'checkout-refused') throw error;
    warn(workspace.context, `a landing on ${intent.target} was killed half-way and cannot be completed: ${error.message}`, 'nothing landed; what differs in that checkout is yours or what was to land: look at it before you commit', ...error.hints);
  }
  clearIntent(workspace.layout);
  return false;
}

/** Moves the checkouts around `swap`, each with its `index.lock` held; `again` after a kill. */
function moveAlong(workspace: Workspace, intent: LandingIntent, checkouts: readonly Checkout[], again: boolean, swap: () => Promise<boolean>): Promise<boolean> {
  const move = { branch: branchRef(intent.target), from: intent.old, to: intent.new, token: intent.token, again };
  return checkouts.reduceRight<() => Promise<boolean>>((inner, checkout) => () => moveCheckout(workspace.git, checkout, move, inner), swap)();
}

function swapTarget(workspace: Workspace, intent: LandingIntent): () => Promise<boolean> {
  const { git } = workspace;
  // From inside the checkout, so that its HEAD's reflog tells of the landing too.
  const there = intent.checkouts[0] === undefined ? git : git.at(intent.checkouts[0].worktree);
  const change = { ref: branchRef(intent.target), from: intent.old, to: intent.new };
  return async () => await changeRefs(there, [change], `aiteam: ${intent.token}`) || (await resolveCommit(git, change.ref)) === intent.new;
}

function hasLanding(workspace: Workspace, intent: LandingIntent): boolean {
  return intent.events.some((event) => event.kind === 'landing' && workspace.ledger.landings.has(event.id));
}

/** A landing's id: short, and found again from its commit. */
export function landingId(commit: CommitId): string {
  return `L${commit.slice(0, 8)}`;
}
