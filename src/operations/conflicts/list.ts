import type { AgentId } from '../../core/ids.ts';
import { landingOf, resolutionOf, targetOf, type Conflict, type Resolution } from '../../core/ledger.ts';
import { byPlace } from '../../core/place.ts';
import { operationUnderWay } from '../../git/worktree-state.ts';
import { worktreeOf } from '../agents.ts';
import type { Context } from '../context.ts';
import { integrateCommand } from '../integrate/into.ts';
import { oneByPrefix } from '../one-by-prefix.ts';
import { openWorkspace } from '../open-workspace.ts';
import { settle } from '../settle.ts';
import type { Workspace } from '../workspace.ts';
import { withConflictsJudged } from './judge.ts';

/**
 * `open`: merging would stop there now. `resolving`: the agent's worktree is in the middle of that merge. `settled`: a kept
 * resolution takes sides there.
 */
export type ConflictState = 'open' | 'resolving' | 'settled' | 'landed' | 'gone';

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
  /** How it is settled where it is met; null where nobody has said. */
  readonly resolution: Resolution | null;
  /** What lands on the same branch. */
  readonly again: string;
}

export interface ConflictList {
  readonly target: string;
  readonly entries: readonly ConflictEntry[];
}

/** Conflicts with their state as git sees it now, those that are not about lines first, then the oldest; `all` includes those that are over. */
export async function listConflicts(context: Context, all: boolean): Promise<ConflictList> {
  const workspace = await judged(context);
  const entries = [...workspace.ledger.conflicts.values()]
    .map((conflict) => entryOf(workspace, conflict))
    .filter((entry) => all || isOpen(entry))
    .sort((a, b) => levelOf(a) - levelOf(b) || a.conflict.at - b.conflict.at || byPlace(a.conflict, b.conflict));
  return { target: workspace.target, entries };
}

/** One conflict by its id or the beginning of it. Errors: `unknown-conflict`, `ambiguous-conflict`. */
export async function findConflict(context: Context, id: string): Promise<{ workspace: Workspace; entry: ConflictEntry }> {
  const workspace = await judged(context);
  return { workspace, entry: entryOf(workspace, conflictIn(workspace, id)) };
}

/** The same in a workspace whose conflicts are judged. */
export function conflictIn({ ledger }: Workspace, id: string): Conflict {
  return oneByPrefix(ledger.conflicts.values(), id, 'conflict', 'aiteam conflicts list --all');
}

/** The workspace with everything recorded and its conflicts as git sees them now. */
export async function judged(context: Context): Promise<Workspace> {
  return withConflictsJudged(await settle(await openWorkspace(context)));
}

/** Whether git would stop there now, with or without a resolution that is kept. */
export function isOpen({ state }: Pick<ConflictEntry, 'state'>): boolean {
  return state === 'open' || state === 'resolving' || state === 'settled';
}

function levelOf({ conflict }: ConflictEntry): number {
  return conflict.level === 'structural' ? 0 : 1;
}

/** A conflict with what is known of it besides. */
export function entryOf(workspace: Workspace, conflict: Conflict): ConflictEntry {
  const agent = workspace.ledger.agents.get(conflict.agent);
  const resolution = resolutionOf(workspace.ledger, conflict.id) ?? null;
  return {
    conflict, resolution,
    target: targetOf(conflict, workspace.target),
    again: integrateCommand(workspace, targetOf(conflict, workspace.target)),
    state: stateOf(conflict, resolution, isMerging(workspace, conflict.agent)),
    task: agent?.task ?? null,
    landing: conflict.other.kind === 'agent' ? (landingOf(workspace.ledger.landings.values(), conflict.other.commit)?.id ?? null) : null,
    otherTask: conflict.other.kind === 'agent' ? (workspace.ledger.agents.get(conflict.other.agent)?.task ?? null) : null,
  };
}

function stateOf({ closed }: Conflict, resolution: Resolution | null, merging: boolean): ConflictState {
  if (closed !== null) return closed.how;
  if (merging) return 'resolving';
  return resolution === null ? 'open' : 'settled';
}

function isMerging(workspace: Workspace, id: AgentId): boolean {
  const agent = workspace.ledger.agents.get(id);
  const worktree = agent === undefined ? undefined : worktreeOf(workspace, agent);
  return worktree?.gitDir != null && operationUnderWay(worktree.gitDir) === 'a merge';
}
