import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { AiteamError } from '../../core/errors.ts';
import { branchRef } from '../../core/ids.ts';
import { escapeText } from '../../core/text.ts';
import { openGit } from '../../git/git.ts';
import { changeRefs } from '../../git/refs.ts';
import { addWorktree, branchLock, gitDirOf, isWhole, removeHalfMade } from '../../git/worktree-commands.ts';
import { listWorktrees } from '../../git/worktrees.ts';
import { moveAny } from '../../state/file-tree.ts';
import { clearIntent, readIntents, type AddIntent, type WorktreeIntent } from '../../state/intents.ts';
import { layoutOf } from '../../state/layout.ts';
import { withMutex } from '../../state/mutex.ts';
import { newTrashId, trashFiles, writeTrashEntry } from '../../state/trash.ts';
import { doing, warn, type Context } from '../context.ts';
import { leftGitToEnd } from '../left-git.ts';
import { completeShelf } from '../shelf/complete.ts';
import { completeSync } from '../sync/complete.ts';
import type { Workspace } from '../workspace.ts';
import { finishAdd } from './finish.ts';
import { completeRemoval } from './complete-removal.ts';

/**
 * Ends what killed commands began: a worktree that git made whole is finished, any other cleared away, a removal gone
 * through with, a sync and a shelf completed. Call it with the `worktrees` mutex held. Answers whether there was anything.
 */
export async function recoverWorktrees(workspace: Workspace, syncs: 'complete' | 'leave' = 'complete'): Promise<boolean> {
  const intents = readIntents(workspace.layout).filter((intent) => !isLeft(intent, syncs));
  for (const intent of intents) {
    if (intent.kind === 'remove') {
      await completeRemoval(workspace, intent);
      continue;
    }
    if (intent.kind === 'sync') {
      await completeSync(workspace, intent);
      continue;
    }
    if (intent.kind !== 'add') {
      await completeShelf(workspace, intent);
      continue;
    }
    await leftGitToEnd(workspace.context, ['worktree', 'add', intent.path]);
    const gitDir = gitDirOf(workspace.repo.commonDir, intent.path);
    if (gitDir !== null && isWhole(gitDir, intent.path)) {
      doing(workspace.context, `finishing ${intent.agent}'s worktree, which an earlier command was killed in`);
      await finishAdd(workspace, { ...intent, gitDir }, intent);
    } else {
      doing(workspace.context, `clearing away ${intent.agent}'s half-made worktree, which an earlier command was killed in`);
      await rollBackAdd(workspace, intent);
    }
    clearIntent(workspace.layout, intent);
  }
  return intents.length > 0;
}

function isLeft(intent: WorktreeIntent, syncs: 'complete' | 'leave'): boolean {
  return syncs === 'leave' && ['sync', 'shelve', 'unshelve'].includes(intent.kind);
}

/** Removes what an unfinished `git worktree add` made; files in its folder go to the trash, a branch that moved stays. */
export async function rollBackAdd(workspace: Workspace, intent: AddIntent): Promise<void> {
  const { git, repo } = workspace;
  removeHalfMade(repo.commonDir, intent.path, intent.adminBefore);
  clearFolder(workspace, intent);
  if (intent.newBranch === null) return;
  // It was not there when the intent was written, and our git has ended.
  rmSync(branchLock(repo.commonDir, intent.branch), { force: true });
  const worktrees = await listWorktrees(git, repo.commonDir);
  if (worktrees.some((worktree) => worktree.branch === intent.branch)) return;
  await changeRefs(git, [{ ref: branchRef(intent.branch), from: intent.newBranch, to: null }], 'aiteam: half-made worktree cleared away');
}

function clearFolder({ layout, context }: Workspace, intent: AddIntent): void {
  if (!existsSync(intent.path) || !lstatSync(intent.path).isDirectory()) return;
  rmSync(join(intent.path, '.git'), { force: true });
  if (readdirSync(intent.path).length > 0) {
    const at = Date.now();
    const id = newTrashId(layout, intent.agent, at);
    const folder = basename(intent.path);
    mkdirSync(trashFiles(layout, id), { recursive: true });
    moveAny(intent.path, join(trashFiles(layout, id), folder));
    writeTrashEntry(layout, { id, at, agent: intent.agent, what: 'half-made worktree', branch: intent.branch, tip: null, worktree: intent.path, files: [] });
    warn(context, `what lay in the half-made worktree at ${escapeText(intent.path)} was moved to the trash`, `aiteam trash list shows it as ${id}`);
  } else {
    rmSync(intent.path, { recursive: true });
  }
  if (intent.folderWasThere) mkdirSync(intent.path);
}

/**
 * Clears away what a killed add registered, where that is so broken that git lists no worktree at all and the
 * repository cannot be opened. Answers whether there was such a thing.
 */
export async function unbreakWorktrees(context: Context): Promise<boolean> {
  const git = openGit(context.cwd, context.env);
  const commonDir = resolve(context.cwd, await git.text(['rev-parse', '--path-format=absolute', '--git-common-dir']));
  const intents = readIntents(layoutOf(commonDir, null)).filter((intent) => intent.kind === 'add');
  if (intents.length === 0) return false;
  await withMutex(git, 'worktrees', { command: 'aiteam, clearing away a half-made worktree', waitMs: 0 }, async () => {
    for (const intent of intents) {
      await leftGitToEnd(context, ['worktree', 'add', intent.path]);
      removeHalfMade(commonDir, intent.path, intent.adminBefore);
    }
  });
  return true;
}

/** The same for a command that has other things to do, syncs left where it says so: not while another one is at work, and a failure is only said. */
export async function recoverIfIdle(workspace: Workspace, syncs: 'complete' | 'leave'): Promise<boolean> {
  if (readIntents(workspace.layout).every((intent) => isLeft(intent, syncs))) return false;
  try {
    return await withMutex(workspace.git, 'worktrees', { command: 'aiteam, clearing up after a kill', waitMs: 0 }, () => recoverWorktrees(workspace, syncs));
  } catch (error) {
    if (!(error instanceof AiteamError)) throw error;
    if (error.code !== 'busy') warn(workspace.context, `what a killed command left could not be cleared up: ${error.message}`, ...error.hints);
    return false;
  }
}

const ATTEMPTS = 3;

/** Lets git make the worktree, clearing away and trying again where it failed half-way. Answers with its git directory. */
export async function makeWhole(workspace: Workspace, intent: AddIntent): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await addWorktree(workspace.git, intent);
      const gitDir = gitDirOf(workspace.repo.commonDir, intent.path);
      if (gitDir !== null && isWhole(gitDir, intent.path)) return gitDir;
      throw new AiteamError(`git did not finish the worktree at ${escapeText(intent.path)}`, { code: 'worktree-incomplete', hints: ['aiteam doctor'] });
    } catch (error) {
      await rollBackAdd(workspace, intent);
      if (attempt === ATTEMPTS || !(error instanceof AiteamError)) throw error;
    }
  }
}
