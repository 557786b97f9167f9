import type { LandedAgent } from './events.ts';
import type { AgentId, CommitId } from './ids.ts';
import type { Landing, Ledger, Undo } from './ledger.ts';

/** One move of a target that `undo` can take back: a landing, or an undo of one. */
export interface Movement {
  readonly id: string;
  readonly target: string;
  readonly old: CommitId;
  readonly new: CommitId;
  readonly at: number;
}

/**
 * The undo of this movement that still counts, or undefined: one that was undone itself does not, nor one from before the
 * movement, as where the very same commit landed again by a fast-forward.
 */
export function undoOf(ledger: Ledger, id: string): Undo | undefined {
  const movedAt = (ledger.landings.get(id) ?? ledger.undos.get(id))?.at ?? 0;
  return [...ledger.undos.values()].find((undo) => undo.undoes === id && undo.at > movedAt && undoOf(ledger, undo.id) === undefined);
}

/** Every landing on a target and every undo there, oldest first. */
export function movementsOf(ledger: Ledger, target: string): Movement[] {
  return [...ledger.landings.values(), ...ledger.undos.values()].filter((movement) => movement.target === target).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

/** What counts as landed of one agent's branch on a target. */
export interface LandedState {
  /** The tips that landings took and the target still holds, oldest first. */
  readonly tips: readonly CommitId[];
  /** Each of these tips with the commit on the target that holds it. */
  readonly holders: ReadonlyMap<CommitId, CommitId>;
  /** Landings that a commit on the target takes back and that the branch has not landed again since, oldest first. */
  readonly reverted: readonly Landing[];
}

/** Reads from the ledger what has landed of an agent; `isOnTarget` tells whether the target holds a commit. */
export function landedState(ledger: Ledger, agent: AgentId, target: string, isOnTarget: (landed: LandedAgent) => boolean): LandedState {
  const holders = new Map<CommitId, CommitId>();
  let reverted: Landing[] = [];
  for (const landing of landingsOf(ledger, agent, target)) {
    if (undoOf(ledger, landing.id)?.how === 'reverted') {
      reverted.push(landing);
      continue;
    }
    const taken = landing.agents.filter((landed) => landed.agent === agent && isOnTarget(landed));
    for (const { tip, commit } of taken) {
      // The newest of them comes last.
      holders.delete(tip);
      holders.set(tip, commit);
    }
    // A later landing of the branch brought the whole of it.
    if (taken.length > 0) reverted = [];
  }
  return { tips: [...holders.keys()], holders, reverted };
}

/** The landings that took something of this agent, oldest first. */
export function landingsOf(ledger: Ledger, agent: AgentId, target: string): Landing[] {
  return [...ledger.landings.values()]
    .filter((landing) => landing.target === target && landing.agents.some((landed) => landed.agent === agent))
    .sort((a, b) => a.at - b.at);
}

/** The landings on a target that are taken back, oldest first, each with what took it back. */
export function undoneLandings(ledger: Ledger, target: string): { readonly landing: Landing; readonly undo: Undo }[] {
  return [...ledger.landings.values()].filter((landing) => landing.target === target).sort((a, b) => a.at - b.at).flatMap((landing) => {
    const undo = undoOf(ledger, landing.id);
    return undo === undefined ? [] : [{ landing, undo }];
  });
}

/** Whether a landing was nothing but this very branch, or a fast-forward to it. */
export function isItself(landing: Landing, branch: string): boolean {
  return landing.agents.every((landed) => landed.branch === branch) || landing.agents.some((landed) => landed.branch === branch && landed.tip === landing.new);
}
