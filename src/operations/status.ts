import { existsSync } from 'node:fs';
import type { AgentId, CommitId } from '../core/ids.ts';
import { resolutionOf, targetOf, waitingHandoffs, type AgentRecord } from '../core/ledger.ts';
import type { Lock } from '../core/locks.ts';
import type { AgentSnapshot } from '../core/candidates.ts';
import { ACTIVE_MS } from '../core/views/team.ts';
import { worktreeStatus, type WorktreeStatus } from '../git/status.ts';
import { branchTips, countCommits, type Tip } from '../git/tips.ts';
import { ProcessError } from '../process/run.ts';
import type { Torn } from '../state/journal-files.ts';
import { teamSpending, type TeamSpending } from './budgets/spending.ts';
import { withConflictsJudged } from './conflicts/judge.ts';
import type { Context } from './context.ts';
import { readRun, type Phase } from './integrate/run-note.ts';
import { takeSnapshot } from './integrate/snapshot.ts';
import { seeLocks } from './live-locks.ts';
import { refreshViews } from './refresh-views.ts';
import { settle } from './settle.ts';
import { shelvesOf, type Shelf } from './shelf/shelves.ts';
import { openWorkspace } from './open-workspace.ts';
import type { Workspace } from './workspace.ts';

export interface TeamStatus {
  readonly target: { readonly branch: string; readonly tip: Tip | null };
  readonly agents: readonly AgentStatus[];
  /** What agents have spent, by their clients' own records. */
  readonly spending: TeamSpending;
  /** Handoffs that wait for a person. */
  readonly handoffs: number;
  /** The `integrate` that is at work, or that was killed; null where there is none. */
  readonly run: { readonly id: string; readonly pid: number; readonly phase: Phase; readonly killed: boolean } | null;
  /** Pieces of the journal that are no record. */
  readonly torn: readonly Torn[];
  /** Commands to type next, the most useful first. */
  readonly next: readonly string[];
  /** When all this was so, epoch milliseconds. */
  readonly at: number;
}

export interface AgentStatus {
  readonly agent: AgentId;
  readonly branch: string;
  /** Its newest commit; null where the branch is gone. */
  readonly tip: Tip | null;
  readonly worktree: string;
  /** Where the worktree is: on the branch, elsewhere, or gone. */
  readonly place: AgentSnapshot['worktree'];
  /** A merge, rebase or the like that the worktree is in the middle of. */
  readonly underWay: string | null;
  /** Commits that have not landed. */
  readonly ahead: number;
  /** Commits of the target that the branch lacks. */
  readonly behind: number;
  /** Null where there is nothing to look at, or git could not. */
  readonly uncommitted: WorktreeStatus | null;
  /** Where files are not committed though its work seems over: it is called ready, or nothing is known of it since then (epoch milliseconds). */
  readonly leftOver: { readonly kind: 'ready' } | { readonly kind: 'idle'; readonly since: number } | null;
  /** `moved-on`: commits came since it was called ready. */
  readonly ready: 'ready' | 'moved-on' | 'no';
  /** The landing that took just this tip and was taken back; null where there is none. */
  readonly undoneAs: string | null;
  /** Ids of landings that the branch builds on and that were taken back. */
  readonly onUndone: readonly string[];
  readonly task: string | null;
  readonly locks: readonly string[];
  /** How many shelves it has. */
  readonly shelves: number;
  /** Handoffs that wait for it. */
  readonly handoffs: number;
  /** Ids of its open conflicts. */
  readonly conflicts: readonly string[];
  /** Ids of those for which sides are taken, to land with the branch. */
  readonly settled: readonly string[];
}

/** Where every agent stands, after what hooks missed was found and the views were written. */
export async function teamStatus(context: Context): Promise<TeamStatus> {
  const workspace = await withConflictsJudged(await settle(await openWorkspace(context)));
  await refreshViews(workspace);
  const { git, target } = workspace;
  const snapshot = await takeSnapshot(workspace, target);
  const snapshots = snapshot?.agents ?? [];
  const locks = await seeLocks(workspace);
  const [tips, shelves] = await Promise.all([branchTips(git, [target, ...snapshots.map(({ branch }) => branch)]), shelvesOf(workspace, null)]);
  const agents = await Promise.all(snapshots.map((found) => agentStatus(workspace, found, { tip: tips.get(found.branch) ?? null, targetTip: snapshot?.targetTip ?? null, locks, shelves })));
  const spending = await teamSpending(workspace, agents.map(({ agent }) => agent));
  return { target: { branch: target, tip: tips.get(target) ?? null }, agents, spending, handoffs: waitingHandoffs(workspace.ledger, 'human').length, run: runOf(workspace), torn: workspace.reading.torn, next: nextCommands(workspace, agents), at: Date.now() };
}

/** Whether anything is left to do: what `--exit-code` asks. */
export function isSomethingLeft(status: TeamStatus): boolean {
  return status.torn.length > 0 || status.handoffs > 0 || status.agents.some(({ ahead, uncommitted, place, handoffs, conflicts }) =>
    ahead > 0 || place !== 'on-branch' || handoffs > 0 || conflicts.length > 0 || (uncommitted !== null && uncommitted.changed + uncommitted.untracked > 0));
}

/** Where one agent stands; `targetTip` is null where there is no target. */
export async function agentStatus(workspace: Workspace, found: AgentSnapshot, { tip, targetTip, locks, shelves }: { tip: Tip | null; targetTip: CommitId | null; locks: readonly Lock[]; shelves: readonly Shelf[] }): Promise<AgentStatus> {
  const { git, ledger } = workspace;
  const record = ledger.agents.get(found.agent);
  const worktree = record?.worktree ?? '';
  const [behind, uncommitted] = await Promise.all([
    tip === null || targetTip === null ? 0 : countCommits(git, targetTip, tip.id),
    found.worktree === 'missing' || !existsSync(worktree) ? null : uncommittedIn(workspace, worktree),
  ]);
  const unfinished = [...ledger.conflicts.values()].filter((conflict) => conflict.agent === found.agent && conflict.closed === null).map(({ id }) => id);
  return {
    agent: found.agent, branch: found.branch, tip, worktree, place: found.worktree, underWay: found.underWay,
    ahead: found.ahead, behind, uncommitted, leftOver: leftOver(found, record, uncommitted, tip),
    ready: found.ready ? 'ready' : record?.readyTip == null ? 'no' : 'moved-on',
    undoneAs: found.undoneAs, onUndone: found.onUndone,
    task: record?.task ?? null,
    locks: locks.filter(({ holder }) => holder === found.agent).map(({ pattern }) => pattern),
    shelves: shelves.filter(({ agent }) => agent === found.agent).length,
    handoffs: waitingHandoffs(ledger, found.agent).length,
    conflicts: unfinished.filter((id) => resolutionOf(ledger, id) === undefined), settled: unfinished.filter((id) => resolutionOf(ledger, id) !== undefined),
  };
}

/** Nobody else can tell it from work in progress: a client whose sandbox does not let it commit leaves it so. */
function leftOver(found: AgentSnapshot, record: AgentRecord | undefined, uncommitted: WorktreeStatus | null, tip: Tip | null): AgentStatus['leftOver'] {
  if (uncommitted === null || uncommitted.changed + uncommitted.untracked === 0) return null;
  if (found.ready) return { kind: 'ready' };
  const since = Math.max(record?.lastActiveAt ?? 0, record?.addedAt ?? 0, found.ahead > 0 ? (tip?.at ?? 0) : 0);
  return Date.now() - since < ACTIVE_MS ? null : { kind: 'idle', since };
}

/** Null where git cannot read that worktree: the others are shown all the same. */
async function uncommittedIn({ git }: Workspace, worktree: string): Promise<WorktreeStatus | null> {
  try {
    return await worktreeStatus(git, worktree);
  } catch (error) {
    if (error instanceof ProcessError) return null;
    throw error;
  }
}

function runOf({ layout }: Workspace): TeamStatus['run'] {
  const run = readRun(layout);
  return run === null ? null : { id: run.id, pid: run.owner.pid, phase: run.phase, killed: run.killed };
}

function nextCommands(workspace: Workspace, agents: readonly AgentStatus[]): string[] {
  const conflict = agents.flatMap(({ conflicts }) => conflicts)[0];
  const left = agents.find(({ leftOver }) => leftOver !== null);
  const missing = agents.filter(({ place }) => place === 'missing');
  const unseen = agents.some(({ place, uncommitted }) => place !== 'missing' && uncommitted === null);
  const held = agents.filter(({ onUndone }) => onUndone.length > 0);
  const stuck = new Set([...workspace.ledger.conflicts.values()].filter((open) => open.closed === null && resolutionOf(workspace.ledger, open.id) === undefined && targetOf(open, workspace.target) === workspace.target).map(({ agent }) => agent));
  const landable = agents.filter(({ agent, ahead, onUndone, undoneAs, ready }) => ahead > 0 && !stuck.has(agent) && onUndone.length === 0 && (undoneAs === null || ready === 'ready'));
  return [
    ...(agents.length === 0 ? [`aiteam worktree add ${[...workspace.config.agents.keys()].slice(0, 3).join(' ') || 'claude glm deepseek'}`] : []),
    ...(workspace.reading.torn.length > 0 || unseen ? ['aiteam doctor'] : []),
    ...(missing.length > 0 ? ['aiteam worktree repair NEW-PATH where it was moved, aiteam worktree prune where it was deleted'] : []),
    ...(left === undefined ? [] : [`aiteam commit ${left.agent} -m 'what changes' --all`]),
    ...(conflict === undefined ? [] : [`aiteam conflicts show ${conflict}`]),
    ...(held.length > 0 ? [`aiteam sync --rebase ${held.map(({ agent }) => agent).join(' ')}`] : []),
    ...(landable.length > 0 ? ['aiteam integrate'] : []),
  ];
}
