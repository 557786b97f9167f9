import { existsSync } from 'node:fs';
import { AiteamError } from '../../core/errors.ts';
import { branchRef } from '../../core/ids.ts';
import { bringIndexForward, isLeftHalfMoved, moveCheckout } from '../../git/checkout.ts';
import { isAncestor } from '../../git/commits.ts';
import { holdsIndexLock } from '../../git/index-lock.ts';
import { locksOfMove, removeOldLock } from '../../git/ref-lock.ts';
import { resolveCommit } from '../../git/refs.ts';
import type { SyncIntent } from '../../state/intents.ts';
import { clearIntent } from '../../state/intents.ts';
import { readHistory } from '../../state/journal.ts';
import { doing, warn } from '../context.ts';
import { callsOfMove, leftGitToEnd } from '../left-git.ts';
import type { Workspace } from '../workspace.ts';
import { checkoutMove, forget, swapOf } from './move.ts';

/** Ends the move that a killed `sync` began: forward where the branch has not moved since, given up where it has. Call it with the `worktrees` mutex held. */
export async function completeSync(workspace: Workspace, intent: SyncIntent): Promise<void> {
  const { git, context } = workspace;
  await leftGitToEnd(context, ...callsOfMove(intent));
  if (!existsSync(intent.gitDir) || !existsSync(intent.path)) return giveUp(workspace, intent, 'the worktree is gone');
  const checkout = { worktree: intent.path, gitDir: intent.gitDir };
  for (const lock of locksOfMove(workspace.repo.commonDir, branchRef(intent.branch), [intent.gitDir])) removeOldLock(lock);
  const tip = await resolveCommit(git, branchRef(intent.branch));
  const moved = tip !== null && await isAncestor(git, intent.new, tip);
  // With the lock gone, the files are its agent's: moving them back would take its commit apart.
  if (!moved && tip !== intent.old && !holdsIndexLock(checkout, intent.token)) return giveUp(workspace, intent, `${intent.branch} has moved since`);
  try {
    if (moved) {
      if (holdsIndexLock(checkout, intent.token)) await bringIndexForward(git, checkout, intent.old, intent.new);
    } else {
      doing(context, `completing the sync of ${intent.agent}'s worktree, which an earlier command was killed in`);
      if (!(await moveCheckout(git, checkout, checkoutMove(intent, true), swapOf(workspace, intent)))) return await giveUp(workspace, intent, `${intent.branch} has moved since`);
    }
  } catch (error) {
    // Another git process is at work there, or the disk is full: the next command tries again.
    if (moved || !(error instanceof AiteamError) || error.code === 'index-locked' || isLeftHalfMoved(error)) throw error;
    return giveUp(workspace, intent, error.message);
  }
  if (!isRecorded(workspace, intent)) workspace.journal.append(...intent.events);
  clearIntent(workspace.layout, intent);
}

async function giveUp(workspace: Workspace, intent: SyncIntent, why: string): Promise<void> {
  await forget(workspace, intent);
  warn(
    workspace.context, `a sync of ${intent.agent}'s worktree was killed half-way and cannot be completed: ${why}`,
    `what differs there is its agent's or ${workspace.target}'s: git -C ${intent.path} status`, `then: aiteam sync ${intent.agent}`,
  );
}

function isRecorded({ layout }: Workspace, intent: SyncIntent): boolean {
  return readHistory(layout).some((record) => record.kind === 'synced' && record.agent === intent.agent && record.old === intent.old && record.new === intent.new);
}
