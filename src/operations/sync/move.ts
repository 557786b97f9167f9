import { randomBytes } from 'node:crypto';
import type { Event } from '../../core/events.ts';
import { branchRef, type RefName } from '../../core/ids.ts';
import { isReady, type AgentRecord } from '../../core/ledger.ts';
import { isLeftHalfMoved, moveCheckout } from '../../git/checkout.ts';
import type { Checkout } from '../../git/worktrees.ts';
import { changeRefs, resolveCommit } from '../../git/refs.ts';
import { failpoint } from '../../process/failpoint.ts';
import { clearIntent, writeIntent, type SyncIntent } from '../../state/intents.ts';
import { newTrashId, trashRef, writeTrashEntry } from '../../state/trash.ts';
import type { Workspace } from '../workspace.ts';
import { dropTrash, pins } from '../worktree/pin.ts';
import type { Prediction } from './predict.ts';

export type Move = Prediction & { readonly kind: 'move' };

/**
 * Moves a branch and its worktree as predicted, or not at all; false where the branch was not where it was any more.
 * Answers with the ref that keeps the old tip, where nothing else would. Errors: those of `moveCheckout`.
 */
export async function moveBranch(workspace: Workspace, agent: AgentRecord, checkout: Checkout, move: Move): Promise<{ moved: boolean; keptAt: RefName | null }> {
  const { layout, journal } = workspace;
  const intent: SyncIntent = {
    kind: 'sync', agent: agent.agent, path: checkout.worktree, gitDir: checkout.gitDir, branch: agent.branch, old: move.old, new: move.new,
    token: `sync ${process.pid} ${randomBytes(4).toString('hex')}`, trash: move.keepsOld ? null : makeEntry(workspace, agent, move), events: eventsOf(workspace, agent, move),
  };
  writeIntent(layout, intent);
  let moved = false;
  try {
    failpoint('sync-intent-written');
    moved = await moveCheckout(workspace.git.shielded(), checkout, checkoutMove(intent, false), swapOf(workspace, intent));
  } catch (error) {
    // Its own steps are undone, unless the branch has moved or the disk did not let them: then the next command completes it.
    if (!isLeftHalfMoved(error) && (await resolveCommit(workspace.git, branchRef(agent.branch))) !== intent.new) await forget(workspace, intent);
    throw error;
  }
  if (!moved) {
    await forget(workspace, intent);
    return { moved, keptAt: null };
  }
  journal.append(...intent.events);
  failpoint('sync-recorded');
  clearIntent(layout, intent);
  return { moved, keptAt: intent.trash === null ? null : trashRef(intent.trash, 'branch') };
}

export function checkoutMove(intent: SyncIntent, again: boolean): Parameters<typeof moveCheckout>[2] {
  return { branch: branchRef(intent.branch), from: intent.old, to: intent.new, token: intent.token, again };
}

/** Moves the branch by compare-and-swap, the old tip pinned in the same transaction. */
export function swapOf({ git }: Workspace, intent: SyncIntent): () => Promise<boolean> {
  const ref = branchRef(intent.branch);
  const pin = intent.trash === null ? [] : pins(intent.trash, { branch: intent.old });
  // From inside the worktree, so that its HEAD's reflog tells of it too.
  return async () => {
    const moved = await changeRefs(git.shielded().at(intent.path), [{ ref, from: intent.old, to: intent.new }, ...pin], `aiteam: ${intent.token}`) || (await resolveCommit(git, ref)) === intent.new;
    failpoint('branch-moved');
    return moved;
  };
}

/** Takes back what was written down of a move that did not happen. */
export async function forget(workspace: Workspace, intent: SyncIntent): Promise<void> {
  if (intent.trash !== null) await dropTrash(workspace, intent.trash);
  clearIntent(workspace.layout, intent);
}

function makeEntry({ layout }: Workspace, { agent, branch, worktree }: AgentRecord, move: Move): string {
  const at = Date.now();
  const id = newTrashId(layout, agent, at);
  writeTrashEntry(layout, { id, at, agent, what: 'rebased branch', branch, tip: move.old, worktree, files: [] });
  return id;
}

/** A branch that was ready is so still: its own work is what it was, and the gates judge the merged tree anyway. */
function eventsOf({ ledger, target }: Workspace, record: AgentRecord, move: Move): Event[] {
  const { agent } = record;
  const { way, old, onto, commits } = move;
  return [
    { kind: 'synced', agent, target, way, old, new: move.new, onto, commits },
    ...(isReady(ledger, record, old) && move.new !== onto ? [{ kind: 'ready', agent, tip: move.new } as const] : []),
  ];
}
