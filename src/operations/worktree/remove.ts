import { existsSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AiteamError, refusal } from '../../core/errors.ts';
import type { AgentId, CommitId, RepoPath } from '../../core/ids.ts';
import type { AgentRecord } from '../../core/ledger.ts';
import { planRemoval, type RemovalFacts, type RemovalPlan, type RemovalWishes } from '../../core/removal-plan.ts';
import { escapeText } from '../../core/text.ts';
import { changeRefs } from '../../git/refs.ts';
import { snapshotWorktree } from '../../git/snapshot.ts';
import type { Worktree } from '../../git/worktrees.ts';
import { failpoint } from '../../process/failpoint.ts';
import { clearIntent, writeIntent, type RemoveIntent } from '../../state/intents.ts';
import { newTrashId, writeTrashEntry, type TrashedFile } from '../../state/trash.ts';
import { requireAgent, worktreeOf } from '../agents.ts';
import type { Context } from '../context.ts';
import { requireLeave } from '../leave.ts';
import { refreshViews } from '../refresh-views.ts';
import { shelvesOf } from '../shelf/shelves.ts';
import { openWorkspace } from '../open-workspace.ts';
import { requireNoWindow } from '../windows/windows.ts';
import { reread, type Workspace } from '../workspace.ts';
import { aloneWithWorktrees } from './alone.ts';
import { completeRemoval } from './complete-removal.ts';
import { dropTrash, onlyHere, pins } from './pin.ts';
import { ignoredToKeep, removalFacts, sized } from './removal-facts.ts';

export interface Removed {
  readonly agent: AgentId;
  readonly path: string;
  readonly branch: string;
  readonly branchDeleted: boolean;
  /** The trash entry that holds what was removed. */
  readonly trash: string;
  /** Ignored files that were moved to the trash. */
  readonly moved: readonly TrashedFile[];
  /** Whether uncommitted or untracked files were kept as a commit. */
  readonly snapshot: CommitId | null;
  /** How many shelves of the agent stay as they are. */
  readonly shelves: number;
}

export type RemovalOutcome = ({ readonly kind: 'removed' } & Removed) | { readonly kind: 'refused'; readonly agent: AgentId; readonly error: AiteamError };

/**
 * Removes agents' worktrees, and branches that have landed; everything goes to the trash first.
 * Errors: those of the only agent, where there is one: `agent-unknown`, `agents-may-not`, `window-open`, `worktree-locked`, `work-would-be-lost`.
 */
export async function removeWorktrees(context: Context, agents: readonly AgentId[], wishes: RemovalWishes): Promise<RemovalOutcome[]> {
  const workspace = await openWorkspace(context);
  requireLeave(workspace, 'remove');
  const outcomes: RemovalOutcome[] = [];
  for (const agent of agents) {
    try {
      outcomes.push({ kind: 'removed', ...await aloneWithWorktrees(workspace, `aiteam worktree remove ${agent}`, (fresh) => removeOne(fresh, agent, wishes)) });
    } catch (error) {
      if (!(error instanceof AiteamError) || agents.length === 1) throw error;
      outcomes.push({ kind: 'refused', agent, error });
    }
  }
  await refreshViews(await reread(workspace));
  return outcomes;
}

async function removeOne(workspace: Workspace, agent: AgentId, wishes: RemovalWishes): Promise<Removed> {
  const { layout } = workspace;
  const record = requireAgent(workspace.ledger, agent);
  const worktree = worktreeOf(workspace, record);
  requireConnected(record, worktree);
  await requireNoWindow(workspace, agent);
  const facts = await removalFacts(workspace, record, worktree);
  const plan = planRemoval(facts, wishes);
  const at = Date.now();
  const trash = newTrashId(layout, agent, at);
  const keep = await filesToKeep(workspace, worktree, facts);
  // Before the refs: what has no entry is in no list, and nobody could empty it.
  writeTrashEntry(layout, { id: trash, at, agent, what: 'worktree', branch: record.branch, tip: facts.branchTip, worktree: record.worktree, files: keep });
  failpoint('removal-listed');
  const snapshot = await pinEverything(workspace, { record, worktree, facts, plan, trash });
  failpoint('removal-pinned');
  const intent: RemoveIntent = {
    kind: 'remove', agent, path: record.worktree, aside: join(dirname(record.worktree), `.${basename(record.worktree)}.${trash}`),
    branch: record.branch, tip: facts.branchTip, deleteBranch: plan.deleteBranch, trash, keep: keep.map((file) => file.path), gitDir: worktree?.gitDir ?? null,
  };
  writeIntent(layout, intent);
  failpoint('removal-intent-written');
  await moveAside(workspace, intent);
  failpoint('folder-aside');
  const branchDeleted = await completeRemoval(workspace, intent);
  return { agent, path: record.worktree, branch: record.branch, branchDeleted, trash, moved: keep, snapshot, shelves: (await shelvesOf(workspace, agent)).length };
}

/** Without its `.git` file git would answer for whatever repository lies above. */
function requireConnected(record: AgentRecord, worktree: Worktree | undefined): void {
  if (!existsSync(record.worktree) || (worktree !== undefined && !worktree.prunable)) return;
  throw refusal('worktree-damaged', `${escapeText(record.worktree)} is there, but git does not know it as ${record.agent}'s worktree any more`, 'aiteam worktree repair', 'aiteam doctor');
}

/** From here on the removal only goes forward: the worktree is gone at once, not file by file. */
async function moveAside(workspace: Workspace, intent: RemoveIntent): Promise<void> {
  if (!existsSync(intent.path)) return;
  try {
    renameSync(intent.path, intent.aside);
  } catch (error) {
    clearIntent(workspace.layout, intent);
    await dropTrash(workspace, intent.trash);
    throw new AiteamError(`${escapeText(intent.path)} cannot be moved, so nothing was removed: ${error instanceof Error ? error.message : String(error)}`, {
      code: 'folder-busy', cause: error, hints: ['is it a mount point, or a folder that belongs to somebody else?'],
    });
  }
}

/** Ignored files, and repositories nested in the worktree: neither has a place in a commit. */
async function filesToKeep(workspace: Workspace, worktree: Worktree | undefined, facts: RemovalFacts): Promise<TrashedFile[]> {
  if (worktree === undefined || !existsSync(worktree.path)) return [];
  const files = [...await ignoredToKeep(workspace, worktree), ...sized(worktree.path, nestedIn(facts))];
  return files.map(({ path, bytes }) => ({ path, bytes }));
}

function nestedIn(facts: RemovalFacts): RepoPath[] {
  return facts.untracked.filter((path) => path.endsWith('/'));
}

interface Doomed {
  readonly record: AgentRecord;
  readonly worktree: Worktree | undefined;
  readonly facts: RemovalFacts;
  readonly plan: RemovalPlan;
  readonly trash: string;
}

/** Keeps every commit under `refs/aiteam/trash/` before anything is removed; answers with the one made of unsaved files. */
async function pinEverything(workspace: Workspace, { record, worktree, facts, plan, trash }: Doomed): Promise<CommitId | null> {
  const { git } = workspace;
  const place = worktree?.gitDir == null ? null : { path: worktree.path, gitDir: worktree.gitDir };
  const snapshot = place !== null && plan.snapshot
    ? await snapshotWorktree(git, place, nestedIn(facts), `aiteam: unsaved work of ${record.agent}`)
    : null;
  const kept = [facts.branchTip, snapshot].filter((id) => id !== null);
  const { head, others } = place === null ? { head: null, others: null } : await onlyHere(workspace, place.gitDir, plan.deleteBranch ? record.branch : null, kept);
  await changeRefs(git, pins(trash, { branch: facts.branchTip, head, unsaved: snapshot, others }), `aiteam: ${record.agent} is being removed`);
  return snapshot;
}
