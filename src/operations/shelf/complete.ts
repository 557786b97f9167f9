import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AiteamError } from '../../core/errors.ts';
import type { CommitId } from '../../core/ids.ts';
import { dropIndexCopy, isLeftHalfMoved } from '../../git/checkout.ts';
import { treeChanges } from '../../git/diff.ts';
import { holdsIndexLock, indexLock } from '../../git/index-lock.ts';
import { resolveCommit } from '../../git/refs.ts';
import { worktreeWork } from '../../git/uncommitted-work.ts';
import { clearIntent, type ShelfIntent } from '../../state/intents.ts';
import { doing, warn } from '../context.ts';
import { inScratch } from '../in-scratch.ts';
import { callsOfMove, leftGitToEnd } from '../left-git.ts';
import type { Workspace } from '../workspace.ts';
import { dropTrash } from '../worktree/pin.ts';
import { checkoutOf, finishShelf, forgetShelf, moveShelf } from './move.ts';

/** Ends what a killed `shelve` or `unshelve` began: forward where it had begun to move anything. Call it with the `worktrees` mutex held. */
export async function completeShelf(workspace: Workspace, intent: ShelfIntent): Promise<void> {
  const { context } = workspace;
  await leftGitToEnd(context, ...callsOfMove({ old: intent.from, new: intent.to, token: intent.token }));
  const locked = holdsIndexLock(checkoutOf(intent), intent.token);
  if (intent.done) {
    if (locked) rmSync(indexLock(intent.gitDir), { force: true });
    return finishShelf(workspace, intent);
  }
  if (!existsSync(intent.gitDir) || !existsSync(intent.path)) return giveUp(workspace, intent, 'the worktree is gone');
  if (!locked) {
    dropIndexCopy(checkoutOf(intent));
    if (await holds(workspace, intent, intent.from)) return forgetShelf(workspace, intent);
    return await holds(workspace, intent, intent.to) ? finishShelf(workspace, intent) : giveUp(workspace, intent, 'its index.lock was removed');
  }
  doing(context, `completing the ${intent.kind} of ${intent.agent}'s work, which an earlier command was killed in`);
  try {
    await moveShelf(workspace, intent, true);
  } catch (error) {
    // Another git process is at work there, or the disk is full: the next command tries again.
    if (!(error instanceof AiteamError) || error.code === 'index-locked' || isLeftHalfMoved(error)) throw error;
    return giveUp(workspace, intent, error.message);
  }
  return finishShelf(workspace, intent);
}

/** Whether the worktree has at all paths that the move touches what this commit has there. */
async function holds({ git }: Workspace, intent: ShelfIntent, commit: CommitId): Promise<boolean> {
  const head = await resolveCommit(git.at(intent.path), 'HEAD');
  if (head === null) return false;
  const { commit: now } = await inScratch('shelf', (folder) => worktreeWork(git, { path: intent.path, gitDir: intent.gitDir, head }, join(folder, 'index')));
  const touched = new Set((await treeChanges(git, intent.from, intent.to)).map(({ path }) => path));
  return !(await treeChanges(git, commit, now)).some(({ path }) => touched.has(path));
}

/** What was shelved stays so: nothing that anybody has changed since is overwritten. */
async function giveUp(workspace: Workspace, intent: ShelfIntent, why: string): Promise<void> {
  if (intent.trash !== null) await dropTrash(workspace, intent.trash);
  clearIntent(workspace.layout, intent);
  warn(
    workspace.context, `${intent.agent}'s ${intent.kind} was killed half-way and cannot be completed: ${why}`,
    `all of the work is in ${intent.ref}: aiteam shelve list`, `what lies about of it in the worktree: git -C ${intent.path} status`,
  );
}
