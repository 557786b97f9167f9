import { createHash } from 'node:crypto';
import type { ConflictFacts, Event, LandedAgent, Strategy } from '../../core/events.ts';
import type { CommitId, RefName } from '../../core/ids.ts';
import { waitingHandoffs } from '../../core/ledger.ts';
import { plural, showPath } from '../../core/text.ts';
import { changeRefs } from '../../git/refs.ts';
import type { Workspace } from '../workspace.ts';
import { landingId } from './land.ts';

/** The sender of handoffs that the coordinator itself makes. */
const COORDINATOR = 'main';

/** What the journal gets when a landing has moved the target: the landing, and what it settles. */
export function landingEvents(workspace: Workspace, landing: { target: string; old: CommitId; new: CommitId; strategy: Strategy; agents: readonly LandedAgent[]; gates: readonly string[] }): Event[] {
  const agents = new Set<string>(landing.agents.map((landed) => landed.agent));
  const conflicts = [...workspace.ledger.conflicts.values()].filter((conflict) => conflict.closed === null && agents.has(conflict.agent));
  const handoffs = waitingHandoffs(workspace.ledger).filter((handoff) =>
    (agents.has(handoff.to) && handoff.from === COORDINATOR) || (agents.has(handoff.from) && handoff.to === COORDINATOR));
  return [
    { kind: 'landing', id: landingId(landing.new), ...landing },
    ...conflicts.map((conflict) => ({ kind: 'conflict-closed', id: conflict.id, how: 'landed' }) as const),
    ...handoffs.map((handoff) => ({ kind: 'handoff-closed', id: handoff.id, by: COORDINATOR }) as const),
  ];
}

/** Records the conflicts of one branch: both sides pinned, the journal told, the work handed back to its agent. */
export async function recordConflicts(workspace: Workspace, target: string, conflicts: readonly ConflictFacts[]): Promise<void> {
  const [first] = conflicts;
  if (first === undefined) return;
  const pins = conflicts.flatMap(({ id, tip, onto }) => [
    { ref: `refs/aiteam/conflicts/${id}/branch` as RefName, from: 'any' as const, to: tip },
    { ref: `refs/aiteam/conflicts/${id}/target` as RefName, from: 'any' as const, to: onto },
  ]);
  await changeRefs(workspace.git, pins, 'aiteam: conflict pinned');
  const events: Event[] = conflicts.map((conflict) => ({ kind: 'conflict', ...conflict }));
  workspace.journal.append(...events, handBack(target, first, conflicts));
}

/** One handoff for the same set of conflicts, however often it is met. */
function handBack(target: string, first: ConflictFacts, conflicts: readonly ConflictFacts[]): Event {
  const places = conflicts.map((conflict) => `${showPath(conflict.path)}${conflict.lines === null ? '' : `:${conflict.lines[0]}-${Math.max(conflict.lines[0], conflict.lines[1] - 1)}`}`);
  const id = createHash('sha256').update(JSON.stringify([first.agent, conflicts.map((conflict) => conflict.id).sort()])).digest('hex').slice(0, 12);
  return {
    kind: 'handoff', id: `conflict-${id}`, from: COORDINATOR, to: first.agent,
    task: `Resolve ${plural(conflicts.length, 'conflict')} with ${target}`,
    context: `integrate left ${first.agent}'s branch out: merging it would stop on ${plural(conflicts.length, 'conflict')}.`,
    files: [...new Set(places)],
    notes: `aiteam conflicts resolve ${first.id} merges ${target} into the worktree; settle the markers, commit, and integrate again`,
    commit: first.tip, verified: true,
  };
}
