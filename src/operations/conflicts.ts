import type { Event } from '../core/events.ts';
import { refusal } from '../core/errors.ts';
import type { AgentId } from '../core/ids.ts';
import { landingOf, targetOf, type Conflict } from '../core/ledger.ts';
import type { CleanRoom } from '../git/clean-room.ts';
import { mergeTree } from '../git/merge-tree.ts';
import { operationUnderWay } from '../git/worktree-state.ts';
import { worktreeOf } from './agents.ts';
import type { Context } from './context.ts';
import { conflictFacts } from './integrate/conflict-facts.ts';
import { handBacksOver, isAboutConflicts, unpinConflicts } from './integrate/record.ts';
import { takeSnapshot, type RunSnapshot } from './integrate/snapshot.ts';
import { mergePoint } from './integrate/merge-point.ts';
import { openMergeRoom } from './merge-room.ts';
import { settle } from './settle.ts';
import { openWorkspace } from './open-workspace.ts';
import { refreshed, type Workspace } from './workspace.ts';

/** `open`: merging would stop there now. `resolving`: the agent's worktree is in the middle of that merge. */
export type ConflictState = 'open' | 'resolving' | 'landed' | 'gone';

export interface ConflictEntry {
  readonly conflict: Conflict;
  readonly state: ConflictState;
  /** The branch that it is with. */
  readonly target: string;
  /** What the branch's agent works on. */
  readonly task: string | null;
  /** The landing that it collided with; null where the other side is no landed branch. */
  readonly landing: string | null;
  /** What the other side's agent works on. */
  readonly otherTask: string | null;
}

export interface ConflictList {
  readonly target: string;
  readonly entries: readonly ConflictEntry[];
}

/** Conflicts with their state as git sees it now; `all` includes those that are over. */
export async function listConflicts(context: Context, all: boolean): Promise<ConflictList> {
  const workspace = await withConflictsJudged(await settle(await openWorkspace(context)));
  const entries = [...workspace.ledger.conflicts.values()]
    .map((conflict) => entryOf(workspace, conflict))
    .filter((entry) => all || entry.state === 'open' || entry.state === 'resolving')
    .sort((a, b) => a.conflict.at - b.conflict.at || (a.conflict.id < b.conflict.id ? -1 : 1));
  return { target: workspace.target, entries };
}

/** One conflict by its id or the beginning of it. Errors: `unknown-conflict`, `ambiguous-conflict`. */
export async function findConflict(context: Context, id: string): Promise<{ workspace: Workspace; entry: ConflictEntry }> {
  const workspace = await withConflictsJudged(await settle(await openWorkspace(context)));
  const found = [...workspace.ledger.conflicts.values()].filter((conflict) => conflict.id.startsWith(id));
  const [conflict, ...others] = found;
  if (conflict === undefined || id === '') throw refusal('unknown-conflict', `there is no conflict "${id}"`, 'aiteam conflicts list --all');
  if (others.length > 0) throw refusal('ambiguous-conflict', `"${id}" begins the ids of ${found.length} conflicts`, `give more of it: ${found.map((entry) => entry.id).join(', ')}`);
  return { workspace, entry: entryOf(workspace, conflict) };
}

/** Merges every branch that has an open conflict anew, each with the target that it was met on, and closes what git does not stop on any more. */
export async function withConflictsJudged(workspace: Workspace): Promise<Workspace> {
  const open = [...workspace.ledger.conflicts.values()].filter((conflict) => conflict.closed === null);
  if (open.length === 0) return workspace;
  const events: Event[] = [];
  for (const target of new Set(open.map((conflict) => targetOf(conflict, workspace.target)))) {
    events.push(...await closingsOn(workspace, target, open.filter((conflict) => targetOf(conflict, workspace.target) === target)));
  }
  if (events.length === 0) return workspace;
  const closed = new Set(events.flatMap((event) => (event.kind === 'conflict-closed' ? [event.id] : [])));
  const settled = new Set(open.map(({ agent }) => agent).filter((agent) => open.every((conflict) => conflict.agent !== agent || closed.has(conflict.id))));
  workspace.journal.append(...events, ...handBacksOver(workspace.ledger, settled, isAboutConflicts));
  await unpinConflicts(workspace, events.flatMap((event) => (event.kind === 'conflict-closed' ? [event.id] : [])));
  return refreshed(workspace);
}

/** What closes those of one target's open conflicts that are over; all of them where the target is gone. */
async function closingsOn(workspace: Workspace, target: string, open: readonly Conflict[]): Promise<Event[]> {
  const snapshot = await takeSnapshot(workspace, target);
  if (snapshot === null) return open.map(({ id }) => ({ kind: 'conflict-closed', id, how: 'gone' }));
  const room = await openMergeRoom(workspace, snapshot.targetTip);
  const events: Event[] = [];
  for (const agent of new Set(open.map((conflict) => conflict.agent))) {
    const now = await conflictsNow(workspace, room, target, snapshot, agent);
    for (const conflict of open.filter((candidate) => candidate.agent === agent && !now.ids.has(candidate.id))) {
      events.push({ kind: 'conflict-closed', id: conflict.id, how: now.nothingAhead ? 'landed' : 'gone' });
    }
  }
  return events;
}

async function conflictsNow(
  workspace: Workspace, room: CleanRoom, target: string, snapshot: RunSnapshot, agent: AgentId,
): Promise<{ ids: ReadonlySet<string>; nothingAhead: boolean }> {
  const found = snapshot.agents.find((candidate) => candidate.agent === agent);
  if (found === undefined || found.tip === null) return { ids: new Set(), nothingAhead: false };
  if (found.ahead === 0) return { ids: new Set(), nothingAhead: true };
  const onto = snapshot.targetTip;
  const merged = await mergeTree(room, await mergePoint(workspace.git, onto, snapshot.bases.get(agent)), found.tip, { allowUnrelated: true });
  if (merged.kind !== 'conflicted') return { ids: new Set(), nothingAhead: false };
  const candidate = { agent, branch: found.branch, tip: found.tip, commits: found.ahead };
  const facts = await conflictFacts(workspace.git, { ...merged, candidate, onto }, { target, ledger: workspace.ledger, stacked: [] });
  return { ids: new Set(facts.map((conflict) => conflict.id)), nothingAhead: false };
}

function entryOf(workspace: Workspace, conflict: Conflict): ConflictEntry {
  const agent = workspace.ledger.agents.get(conflict.agent);
  const worktree = agent === undefined ? undefined : worktreeOf(workspace, agent);
  const merging = worktree?.gitDir != null && operationUnderWay(worktree.gitDir) === 'a merge';
  return {
    conflict,
    target: targetOf(conflict, workspace.target),
    state: conflict.closed === null ? (merging ? 'resolving' : 'open') : conflict.closed.how === 'landed' ? 'landed' : 'gone',
    task: agent?.task ?? null,
    landing: conflict.other.kind === 'agent' ? (landingOf(workspace.ledger.landings.values(), conflict.other.commit)?.id ?? null) : null,
    otherTask: conflict.other.kind === 'agent' ? (workspace.ledger.agents.get(conflict.other.agent)?.task ?? null) : null,
  };
}
