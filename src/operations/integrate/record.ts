import { createHash } from 'node:crypto';
import type { Candidate } from '../../core/candidates.ts';
import type { BeyondCount, ConflictFacts, Event, LandedAgent, Strategy } from '../../core/events.ts';
import type { AgentId, CommitId, RefName } from '../../core/ids.ts';
import { targetOf, waitingHandoffs, type Conflict, type Handoff, type Ledger } from '../../core/ledger.ts';
import { placeOf } from '../../core/place.ts';
import { plural, showPath } from '../../core/text.ts';
import { changeRefs, listRefs, type RefChange } from '../../git/refs.ts';
import { failpoint } from '../../process/failpoint.ts';
import { COORDINATOR } from '../handoff-names.ts';
import type { Workspace } from '../workspace.ts';
import type { GateResult } from './gate.ts';
import type { LeftOut } from './judged-stack.ts';
import { landingId } from './land.ts';

/** What the journal gets when a landing has moved the target: the landing, and what it settles; `beyond` by the ids of conflicts. */
export function landingEvents(workspace: Workspace, beyond: ReadonlyMap<string, BeyondCount>, landing: { target: string; old: CommitId; new: CommitId; strategy: Strategy; agents: readonly LandedAgent[]; gates: readonly string[] }): Event[] {
  const agents = new Set<string>(landing.agents.map((landed) => landed.agent));
  const open = [...workspace.ledger.conflicts.values()].filter((conflict) => conflict.closed === null && agents.has(conflict.agent));
  const conflicts = open.filter((conflict) => targetOf(conflict, workspace.target) === landing.target);
  const stuck = new Set(open.filter((conflict) => !conflicts.includes(conflict)).map(({ agent }) => agent));
  const handedIn = waitingHandoffs(workspace.ledger, COORDINATOR).filter((handoff) => agents.has(handoff.from));
  return [
    { kind: 'landing', id: landingId(landing.new), ...landing },
    ...[...new Set([...conflicts.map(({ id }) => id), ...landing.agents.flatMap(({ settled = [] }) => settled)])].map((id) => closing(id, beyond.get(id))),
    ...handedIn.map(({ id }) => ({ kind: 'handoff-closed', id, by: COORDINATOR, how: 'closed', why: null }) as const),
    ...handBacksOver(workspace.ledger, agents, (handoff) => !stuck.has(handoff.to as AgentId) || !isAboutConflicts(handoff)),
  ];
}

function closing(id: string, beyond: BeyondCount | undefined): Event {
  return { kind: 'conflict-closed', id, how: 'landed', ...(beyond === undefined ? {} : { beyond }) };
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

/** Hands a branch back whose settled conflicts are not settled well, once for the same tip. */
export function handBackUnwell(workspace: Workspace, target: string, candidate: Candidate, why: LeftOut & { readonly kind: 'unsettled-markers' | 'loss' }): void {
  const { agent, tip } = candidate;
  const of = why.kind === 'loss' ? why.losses.map(({ path }) => showPath(path)) : why.places.map(({ path, line }) => `${showPath(path)}:${line}`);
  const id = createHash('sha256').update(JSON.stringify([agent, tip, why.kind])).digest('hex').slice(0, 12);
  const texts = why.kind === 'loss'
    ? { task: `Bring back what settling a conflict has dropped of ${target}`, context: `integrate left ${agent}'s branch out: beside the conflict that it settled, lines of ${target} are gone.`, notes: `aiteam integrate ${agent} --dry-run shows them; bring them back, commit, and integrate again, or have a person accept the loss` }
    : { task: 'Settle the conflict markers that were committed', context: `integrate left ${agent}'s branch out: it has committed conflict markers.`, notes: 'settle them, commit, and integrate again' };
  workspace.journal.append({ kind: 'handoff', id: `unwell-${id}`, from: COORDINATOR, to: agent, ...texts, files: [...new Set(of)], commit: tip, verified: true });
}

/** Whether the coordinator handed conflicts back by it. */
export function isAboutConflicts({ id }: Handoff): boolean {
  return id.startsWith(CONFLICT_PREFIX);
}

const TAIL_KEPT = 10;
const CONFLICT_PREFIX = 'conflict-';

/** Records the conflicts of one branch, all that it has now: both sides pinned, the journal told, the work handed back to its agent unless `handsBack` is false. */
export async function recordConflicts(workspace: Workspace, target: string, conflicts: readonly ConflictFacts[], handsBack = true): Promise<void> {
  const [first] = conflicts;
  if (first === undefined) return;
  const pins = conflicts.flatMap(({ id, tip, onto }) => [
    { ref: `refs/aiteam/conflicts/${id}/branch` as RefName, from: 'any' as const, to: tip },
    { ref: `refs/aiteam/conflicts/${id}/target` as RefName, from: 'any' as const, to: onto },
  ]);
  await changeRefs(workspace.git, pins, 'aiteam: conflict pinned');
  failpoint('conflict-pinned');
  const events: Event[] = conflicts.map((conflict) => ({ kind: 'conflict', ...conflict }));
  const gone = openConflicts(workspace, target, first.agent).filter(({ id }) => conflicts.every((conflict) => conflict.id !== id)).map(({ id }) => id);
  workspace.journal.append(...events, ...gone.map((id) => ({ kind: 'conflict-closed', id, how: 'gone' }) as const), ...(handsBack ? [handBack(target, first, conflicts)] : []));
  failpoint('conflict-recorded');
  await unpinConflicts(workspace, gone);
}

/** The conflicts of an agent's branch that are open on one target. */
export function openConflicts({ ledger, target: configured }: Workspace, target: string, agent: AgentId): Conflict[] {
  return [...ledger.conflicts.values()].filter((conflict) => conflict.closed === null && conflict.agent === agent && targetOf(conflict, configured) === target);
}

/** Hands what is open of a branch back to its agent once more, as after `dropped`, which it had not to care for any more. */
export function handBackAgain(workspace: Workspace, conflict: Conflict, target: string, dropped: CommitId): void {
  const open = openConflicts(workspace, target, conflict.agent);
  const waits = waitingHandoffs(workspace.ledger, conflict.agent).some((handoff) => handoff.from === COORDINATOR && isAboutConflicts(handoff));
  if (!waits && open.length > 0) workspace.journal.append(handBack(target, conflict, open, dropped));
}

/** Drops the refs that kept both sides of closed conflicts. */
export async function unpinConflicts(workspace: Workspace, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const refs = await listRefs(workspace.git, ...ids.map((id) => `refs/aiteam/conflicts/${id}`));
  const changes: RefChange[] = refs.map((ref) => ({ ref: ref.name, from: ref.id, to: null }));
  if (changes.length > 0) await changeRefs(workspace.git, changes, 'aiteam: conflict closed');
}

/** One handoff for the same set of conflicts, however often it is met. */
function handBack(target: string, first: ConflictFacts, conflicts: readonly ConflictFacts[], again: CommitId | null = null): Event {
  const places = conflicts.map((conflict) => placeOf(conflict));
  const id = createHash('sha256').update(JSON.stringify([first.agent, conflicts.map((conflict) => conflict.id).sort(), ...(again === null ? [] : [again])])).digest('hex').slice(0, 12);
  return {
    kind: 'handoff', id: `${CONFLICT_PREFIX}${id}`, from: COORDINATOR, to: first.agent,
    task: `Resolve ${plural(conflicts.length, 'conflict')} with ${target}`,
    context: `integrate left ${first.agent}'s branch out: merging it would stop on ${plural(conflicts.length, 'conflict')}.`,
    files: [...new Set(places)],
    notes: `aiteam conflicts resolve ${first.id} merges ${target} into the worktree; settle what it stops on, commit, and integrate again. Where one side's version is right as it is: aiteam conflicts resolve ${first.id} --take ${first.agent}, or --take ${target}`,
    commit: first.tip, verified: true,
  };
}
