import { rmSync } from 'node:fs';
import { AiteamError, refusal } from '../../core/errors.ts';
import { branchRef, type RefName } from '../../core/ids.ts';
import { bringIndex, isLeftHalfMoved, moveCheckout } from '../../git/checkout.ts';
import { treeChanges } from '../../git/diff.ts';
import { holdsIndexLock, indexLock, takeIndexLock } from '../../git/index-lock.ts';
import type { Git } from '../../git/git.ts';
import { intendedPaths } from '../../git/intent-to-add.ts';
import { changeRefs, resolveCommit } from '../../git/refs.ts';
import type { Checkout } from '../../git/worktrees.ts';
import { failpoint } from '../../process/failpoint.ts';
import { clearIntent, writeIntent, type ShelfIntent } from '../../state/intents.ts';
import type { Workspace } from '../workspace.ts';
import { dropTrash, pins } from '../worktree/pin.ts';

export function checkoutOf({ path, gitDir }: ShelfIntent): Checkout {
  return { worktree: path, gitDir };
}

/**
 * Moves index and files as the intent says, by the protocol of a landing; `again` takes up what a killed run has moved.
 * Shelving puts all of the work into the index first, so that git itself tells whether a file has changed since it was
 * kept; bringing it back takes out of the index at last what was not staged. Errors: those of `moveCheckout`; `head-moved`
 * where the agent has committed since its work was kept: the next commit would take that back.
 */
export async function moveShelf(workspace: Workspace, intent: ShelfIntent, again: boolean): Promise<void> {
  const git = workspace.git.shielded();
  const checkout = checkoutOf(intent);
  const { from, to, token, staged } = intent;
  const isShelving = intent.kind === 'shelve';
  if (isShelving) await stageAll(workspace, intent, again);
  try {
    failpoint('shelf-staged');
    await moveCheckout(git, checkout, { branch: branchRef(intent.branch), from, to, token, again, uncommitted: isShelving, whole: true }, async () => {
      if (isShelving) await requireHead(git, intent);
      else await bringIndex(git, checkout, to, staged);
      try {
        failpoint('shelf-moved');
        writeIntent(workspace.layout, { ...intent, done: true });
      } catch (error) {
        if (!isShelving) await bringIndex(git, checkout, staged, to);
        throw error;
      }
      return true;
    });
  } catch (error) {
    const isBack = error instanceof AiteamError && error.code === 'head-moved';
    if (isShelving && (!again || isBack) && !isLeftHalfMoved(error)) await withLock(intent, () => bringIndex(git, checkout, from, staged));
    throw error;
  }
}

async function requireHead(git: Git, { agent, path, to }: ShelfIntent): Promise<void> {
  if (await resolveCommit(git.at(path), 'HEAD') !== to) throw refusal('head-moved', `${agent} has committed meanwhile, and nothing was shelved`, 'the same command again');
}

async function stageAll(workspace: Workspace, intent: ShelfIntent, again: boolean): Promise<void> {
  const checkout = checkoutOf(intent);
  if (!holdsIndexLock(checkout, intent.token)) await takeIndexLock(intent.gitDir, intent.token);
  const git = workspace.git.shielded();
  try {
    // What is meant to be added has no content in the index, and that would be in the way of the shelf's.
    const added = new Set((await treeChanges(git, intent.staged, intent.from)).filter(({ status }) => status === 'A').map(({ path }) => path));
    const intended = (await intendedPaths(git.at(intent.path), intent.staged)).filter((path) => added.has(path));
    await bringIndex(git, checkout, intent.staged, intent.from, intended);
  } catch (error) {
    // The killed run had moved the index on already.
    if (again) return;
    rmSync(indexLock(intent.gitDir), { force: true });
    throw error;
  }
}

async function withLock(intent: ShelfIntent, work: () => Promise<void>): Promise<void> {
  if (!holdsIndexLock(checkoutOf(intent), intent.token)) await takeIndexLock(intent.gitDir, intent.token);
  try {
    await work();
  } finally {
    rmSync(indexLock(intent.gitDir), { force: true });
  }
}

/** Ends what has moved: a shelf that was brought back goes to the trash, in one transaction. */
export async function finishShelf(workspace: Workspace, intent: ShelfIntent): Promise<void> {
  const { git, layout, journal } = workspace;
  failpoint('shelf-done');
  if (intent.trash !== null) {
    await changeRefs(git, [{ ref: intent.ref, from: intent.shelf, to: null }, ...pins(intent.trash, { [shelfName(intent.ref)]: intent.shelf })], `aiteam: ${intent.agent} unshelved`);
    failpoint('shelf-trashed');
    journal.append({ kind: 'trashed', id: intent.trash, agent: intent.agent, what: `a shelf of ${intent.agent}, brought back into its worktree` });
  }
  clearIntent(layout, intent);
}

/** Takes back what was written down of a move that did not happen; a shelf that was only being made is none. */
export async function forgetShelf(workspace: Workspace, intent: ShelfIntent): Promise<void> {
  if (intent.trash !== null) await dropTrash(workspace, intent.trash);
  if (intent.kind === 'shelve') await changeRefs(workspace.git, [{ ref: intent.ref, from: intent.shelf, to: null }], 'aiteam: not shelved');
  clearIntent(workspace.layout, intent);
}

/** Writes the intent down, carries it out and ends it; where it cannot be, nothing has happened, or the next command completes it. Errors: those of `moveShelf`. */
export async function carryOut(workspace: Workspace, intent: ShelfIntent): Promise<void> {
  writeIntent(workspace.layout, intent);
  let moved = false;
  try {
    failpoint('shelf-intent-written');
    if (intent.kind === 'shelve') await changeRefs(workspace.git, [{ ref: intent.ref, from: 'any', to: intent.shelf }], `aiteam: ${intent.agent} shelved`);
    failpoint('shelf-pinned');
    await moveShelf(workspace, intent, false);
    moved = true;
    await finishShelf(workspace, intent);
  } catch (error) {
    if (!moved && !isLeftHalfMoved(error)) await forgetShelf(workspace, intent);
    throw error;
  }
}

/** The name that a shelf's ref has in the trash: `shelf/<id>`. */
export function shelfName(ref: RefName): string {
  return `shelf/${ref.slice(ref.lastIndexOf('/') + 1)}`;
}
