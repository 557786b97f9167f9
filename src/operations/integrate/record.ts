import { createHash } from 'node:crypto';
import type { Candidate } from '../../core/candidates.ts';
import type { ConflictFacts, Event, LandedAgent, Strategy } from '../../core/events.ts';
import type { AgentId, CommitId, RefName } from '../../core/ids.ts';
import { targetOf, waitingHandoffs, type Handoff, type Ledger } from '../../core/ledger.ts';
import { placeOf } from '../../core/place.ts';
import { plural } from '../../core/text.ts';
import { changeRefs, listRefs, type RefChange } from '../../git/refs.ts';
import { failpoint } from '../../process/failpoint.ts';
import { COORDINATOR } from '../handoff-names.ts';
import type { Workspace } from '../workspace.ts';
import type { GateResult } from './gate.ts';
import { landingId } from './land.ts';

/** What the journal gets when a landing has moved the target: the landing, and what it settles. */
export function landingEvents(workspace: Workspace, landing: { target: string; old: CommitId; new: CommitId; strategy: Strategy; agents: readonly LandedAgent[]; gates: readonly string[] }): Event[] {
  const agents = new Set<string>(landing.agents.map((landed) => landed.agent));
  const open = [...workspace.ledger.conflicts.values()].filter((conflict) => conflict.closed === null && agents.has(conflict.agent));
  const conflicts = open.filter((conflict) => targetOf(conflict, workspace.target) === landing.target);
  const stuck = new Set(open.filter((conflict) => !conflicts.includes(conflict)).map(({ agent }) => agent));
  const handedIn = waitingHandoffs(workspace.ledger, COORDINATOR).filter((handoff) => agents.has(handoff.from));
  return [
    { kind: 'landing', id: landingId(landing.new), ...landing },
    ...conflicts.map((conflict) => ({ kind: 'conflict-closed', id: conflict.id, how: 'landed' }) as const),
    ...handedIn.map(({ id }) => ({ kind: 'handoff-closed', id, by: COORDINATOR, how: 'closed', why: null }) as const),
    ...handBacksOver(workspace.ledger, agents, (handoff) => !stuck.has(handoff.to as AgentId) || !isAboutConflicts(handoff)),
  ];
}

/** Ends what the coordinator handed back to these agents, as far as it is `over`. */
export function handBacksOver(ledger: Ledger, agents: ReadonlySet<string>, over: (handoff: Handoff) => boolean): Event[] {
  return waitingHandoffs(ledger)
    .filter((handoff) => handoff.from === COORDINATOR && agents.has(handoff.to) && over(handoff))
    .map(({ id }) => ({ kind: 'handoff-closed', id, by: COORDINATOR, how: 'closed', why: null }));
}

/** Hands a branch that makes a gate fail back to its agent, once for the same tip. */
export function handBackRed(workspace: Workspace, candidate: Candidate, why: { gate: GateResult; partner: AgentId | null }): void {
  const { gate, partner } = why;
  const together = partner === null ? '' : `, together with ${partner}'s branch, which passes without it`;
  const id = createHash('sha256').update(JSON.stringify([candidate.agent, candidate.tip, gate.name, partner])).digest('hex').slice(0, 12);
  workspace.journal.append({
    kind: 'handoff', id: `gate-${id}`, from: COORDINATOR, to: candidate.agent,
    task: `Make gate ${gate.name} pass`,
    context: [`integrate left ${candidate.agent}'s branch out: with it, gate ${gate.name} does not pass (${gate.reason ?? gate.verdict})${together}.`, ...gate.tail.slice(-TAIL_KEPT)].join('\n'),
    files: [],
    notes: `it runs: ${gate.command}${gate.log === null ? '' : ` (whole output: ${gate.log})`}; mend it in the worktree, commit, and integrate again`,
    commit: candidate.tip, verified: true,
  });
}

/** Whether the coordinator handed conflicts back by it. */
export function isAboutConflicts({ id }: Handoff): boolean {
  return id.startsWith(CONFLICT_PREFIX);
}

const TAIL_KEPT = 10;
const CONFLICT_PREFIX = 'conflict-';

/** Records the conflicts of one branch: both sides pinned, the journal told, the work handed back to its agent. */
export async function recordConflicts(workspace: Workspace, target: string, conflicts: readonly ConflictFacts[]): Promise<void> {
  const [first] = conflicts;
  if (first === undefined) return;
  const pins = conflicts.flatMap(({ id, tip, onto }) => [
    { ref: `refs/aiteam/conflicts/${id}/branch` as RefName, from: 'any' as const, to: tip },
    { ref: `refs/aiteam/conflicts/${id}/target` as RefName, from: 'any' as const, to: onto },
  ]);
  await changeRefs(workspace.git, pins, 'aiteam: conflict pinned');
  failpoint('conflict-pinned');
  const events: Event[] = conflicts.map((conflict) => ({ kind: 'conflict', ...conflict }));
  workspace.journal.append(...events, handBack(target, first, conflicts));
  failpoint('conflict-recorded');
}

/** Drops the refs that kept both sides of closed conflicts. */
export async function unpinConflicts(workspace: Workspace, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const refs = await listRefs(workspace.git, ...ids.map((id) => `refs/aiteam/conflicts/${id}`));
  const changes: RefChange[] = refs.map((ref) => ({ ref: ref.name, from: ref.id, to: null }));
  if (changes.length > 0) await changeRefs(workspace.git, changes, 'aiteam: conflict closed');
}

/** One handoff for the same set of conflicts, however often it is met. */
function handBack(target: string, first: ConflictFacts, conflicts: readonly ConflictFacts[]): Event {
  const places = conflicts.map((conflict) => placeOf(conflict));
  const id = createHash('sha256').update(JSON.stringify([first.agent, conflicts.map((conflict) => conflict.id).sort()])).digest('hex').slice(0, 12);
  return {
    kind: 'handoff', id: `${CONFLICT_PREFIX}${id}`, from: COORDINATOR, to: first.agent,
    task: `Resolve ${plural(conflicts.length, 'conflict')} with ${target}`,
    context: `integrate left ${first.agent}'s branch out: merging it would stop on ${plural(conflicts.length, 'conflict')}.`,
    files: [...new Set(places)],
    notes: `aiteam conflicts resolve ${first.id} merges ${target} into the worktree; settle what it stops on, commit, and integrate again`,
    commit: first.tip, verified: true,
  };
}
