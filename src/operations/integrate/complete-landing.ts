import { AiteamError } from '../../core/errors.ts';
import { branchRef, type CommitId } from '../../core/ids.ts';
import { undoOf } from '../../core/undo.ts';
import { bringIndexForward } from '../../git/checkout.ts';
import { isAncestor } from '../../git/commits.ts';
import { holdsIndexLock } from '../../git/index-lock.ts';
import { locksOfMove, removeOldLock } from '../../git/ref-lock.ts';
import { resolveCommit } from '../../git/refs.ts';
import { fetchBranch, trackingRef, type RemoteBranch } from '../../git/remote.ts';
import { withMutex } from '../../state/mutex.ts';
import { escapeText } from '../../core/text.ts';
import { doing, warn } from '../context.ts';
import { callsOfMove, leftGitToEnd } from '../left-git.ts';
import type { Workspace } from '../workspace.ts';
import { sayGivenUp } from './given-up.ts';
import { clearIntent, readIntent, type LandingIntent } from './intent.ts';
import { followHere, moveAlong, moveLateComers, swapTarget } from './land.ts';
import { takeBack } from './take-back.ts';
import { checkoutsOf } from './target-checkouts.ts';

/** Completes the landing that a killed run left, before anything else is tried. Call it with the coordinator's mutex held. */
export async function completeLanding(workspace: Workspace): Promise<void> {
  const intent = readIntent(workspace.layout);
  if (intent === null) return;
  const { git, context, repo } = workspace;
  await leftGitToEnd(context, ...callsOfMove(intent));
  for (const lock of locksOfMove(repo.commonDir, branchRef(intent.target), intent.checkouts.map(({ gitDir }) => gitDir))) removeOldLock(lock);
  if (intent.push !== undefined && !(await hasArrived(workspace, intent, intent.push))) {
    doing(context, `a landing that was killed while it was pushed has not arrived at ${intent.push.remote}: nothing of it landed`);
    return clearIntent(workspace.layout);
  }
  const tip = await resolveCommit(git, branchRef(intent.target));
  const landed = tip === intent.new || (tip !== null && await hasMoved(workspace, intent, tip));
  if (!landed && intent.push !== undefined) return completePushed(workspace, intent);
  if (!landed && tip !== intent.old) {
    await takeBack(workspace, intent);
    return sayGivenUp(workspace, intent, `${intent.target} was moved after a landing was interrupted: that landing is given up`, `git status, where ${intent.target} is checked out`);
  }
  doing(context, 'completing the landing that an earlier run was killed in');
  if (landed) {
    // The files moved before the branch did; whatever differs now is the user's.
    const waiting = intent.checkouts.filter((checkout) => holdsIndexLock(checkout, intent.token));
    for (const checkout of waiting) await bringIndexForward(git, checkout, intent.old, intent.new);
    if (tip === intent.new) await moveLateComers(workspace, intent);
  } else if (!(await completed(workspace, intent))) return;
  if (!isRecorded(workspace, intent)) workspace.journal.append(...intent.events);
  clearIntent(workspace.layout);
}

/** What the remote has stands, wherever the branch here is by now. */
async function completePushed(workspace: Workspace, intent: LandingIntent): Promise<void> {
  doing(workspace.context, 'completing the landing that an earlier run was killed in, and that was pushed');
  await followHere(workspace, await withLateComers(workspace, intent), true);
  if (!isRecorded(workspace, intent)) workspace.journal.append(...intent.events);
  clearIntent(workspace.layout);
}

/** Whether the remote's branch holds the landing; git notes a push of its own, else the remote is asked. Errors: `fetch-failed`. */
export async function hasArrived({ git }: Workspace, intent: LandingIntent, { remote, branch }: RemoteBranch): Promise<boolean> {
  const seen = await resolveCommit(git, trackingRef(remote, branch));
  if (seen !== null && await isAncestor(git, intent.new, seen)) return true;
  const now = await fetchBranch(git, remote, branch);
  return now.tip !== null && isAncestor(git, intent.new, now.tip);
}

/** Whether the target has made the move, and gone on since. An undo's new id lies behind the old one: any commit on the old one contains both. */
export async function hasMoved({ git }: Workspace, intent: LandingIntent, tip: CommitId): Promise<boolean> {
  if (!(await isAncestor(git, intent.new, tip))) return false;
  return await isAncestor(git, intent.old, intent.new) || !(await isAncestor(git, intent.old, tip));
}

/** Goes forward where the target has not moved yet; given up where the user has changed what was to land. */
async function completed(workspace: Workspace, known: LandingIntent): Promise<boolean> {
  const intent = await withLateComers(workspace, known);
  try {
    if (await moveAlong(workspace, intent, intent.checkouts, true, swapTarget(workspace, intent))) {
      await moveLateComers(workspace, intent);
      return true;
    }
    await sayGivenUp(workspace, intent, `a landing on ${escapeText(intent.target)} was killed, and what it was made of has changed since: it is given up`, 'aiteam integrate makes it anew');
  } catch (error) {
    if (!(error instanceof AiteamError) || error.code !== 'checkout-refused') throw error;
    await sayGivenUp(workspace, intent, `a landing on ${intent.target} was killed half-way and cannot be completed: ${error.message}`, 'look at what differs there before you commit', ...error.hints);
  }
  clearIntent(workspace.layout);
  return false;
}

/** The intent with the worktrees that went to the target since it was written: they move along too. */
async function withLateComers(workspace: Workspace, intent: LandingIntent): Promise<LandingIntent> {
  const known = new Set(intent.checkouts.map(({ gitDir }) => gitDir));
  const late = (await checkoutsOf(workspace, intent.target)).filter(({ gitDir }) => !known.has(gitDir));
  return { ...intent, checkouts: [...intent.checkouts, ...late] };
}

/** A landing that was undone may come again as the very same commit, and so by the same id. */
function isRecorded({ ledger }: Workspace, intent: LandingIntent): boolean {
  return intent.events.some((event) => (event.kind === 'landing' && ledger.landings.has(event.id) && undoOf(ledger, event.id) === undefined) || (event.kind === 'undo' && ledger.undos.has(event.id)));
}

/** Completes a killed landing where no coordinator is at work; what keeps it from that is only said. Answers whether there was one. */
export async function completeIfIdle(workspace: Workspace): Promise<boolean> {
  if (readIntent(workspace.layout) === null) return false;
  try {
    await withMutex(workspace.git, 'coordinator', { command: 'aiteam, completing a landing', waitMs: 0 }, () => completeLanding(workspace));
    return true;
  } catch (error) {
    if (!(error instanceof AiteamError)) throw error;
    if (error.code !== 'busy') warn(workspace.context, `a landing that was killed half-way could not be completed: ${error.message}`, ...error.hints);
    return false;
  }
}
