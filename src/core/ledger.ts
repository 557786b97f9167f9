import type { BeyondCount, ConflictFacts, GateVerdict, HandoffEnd, HandoffFacts, JournalRecord, LandingFacts, ResolutionFacts, UndoFacts } from './events.ts';
import type { OverlapFacts } from './overlap-facts.ts';
import type { AgentId, CommitId } from './ids.ts';

/** What the journal knows of one agent. */
export interface AgentRecord {
  readonly agent: AgentId;
  branch: string;
  worktree: string;
  role: string | null;
  addedAt: number;
  /** False once the agent was removed; its history stays. */
  present: boolean;
  task: string | null;
  taskAt: number;
  /** What was assigned with the task: paths, or paths with lines, as text. */
  files: readonly string[];
  /** The tip that it called ready; a newer commit makes it unready. */
  readyTip: CommitId | null;
  readyAt: number;
  /** Where the walk of its branch last stopped. */
  walkedTip: CommitId | null;
  /** When a hook last saw it commit, or it last ran; 0 for never. */
  lastActiveAt: number;
  /** The newest commits that hooks or the walk reported, each with the time of its report. */
  commits: Map<CommitId, number>;
}

export interface Handoff extends HandoffFacts {
  readonly at: number;
  /** Null while it waits. */
  closed: { readonly how: HandoffEnd; readonly by: string; readonly why: string | null; readonly at: number } | null;
}

export interface Landing extends LandingFacts {
  readonly at: number;
}

export interface Undo extends UndoFacts {
  readonly at: number;
}

export interface Conflict extends ConflictFacts {
  readonly at: number;
  seenAt: number;
  timesSeen: number;
  /** `merged`: the tip in which its agent has merged the other side, where that is how it went. `beyond`: left out where there is nothing. */
  closed: { readonly how: 'landed' | 'gone'; readonly at: number; readonly merged: CommitId | null; readonly beyond?: BeyondCount } | null;
}

/** What was recorded last of how a conflict is settled. */
export interface Resolution extends ResolutionFacts {
  readonly at: number;
  /** Null while it holds. */
  dropped: { readonly by: string; readonly at: number } | null;
}

/** An overlap that the radar foresaw and somebody wanted kept. */
export interface Predicted extends OverlapFacts {
  readonly at: number;
}

export interface Verdict {
  readonly verdict: GateVerdict;
  readonly at: number;
}

/** The journal folded: everything that commands ask of it. Maps, because `constructor` is a lawful agent name. */
export interface Ledger {
  readonly agents: Map<AgentId, AgentRecord>;
  readonly handoffs: Map<string, Handoff>;
  readonly landings: Map<string, Landing>;
  readonly undos: Map<string, Undo>;
  readonly conflicts: Map<string, Conflict>;
  readonly resolutions: Map<string, Resolution>;
  readonly overlaps: Map<string, Predicted>;
  readonly verdicts: Map<string, Verdict>;
  /** Every worktree that an agent was ever given or moved to, by when and by whom that was recorded. */
  readonly places: Map<string, Place>;
  /** When a person last let an agent go on over a budget, by `leaveKey`; epoch milliseconds. */
  readonly leaves: Map<string, number>;
  /** When it was last said that a budget is nearly spent, or spent, by `budgetKey` and how far; epoch milliseconds. */
  readonly warned: Map<string, number>;
  /** By kind of event and id. */
  readonly closings: Map<string, Closing>;
  /** What the fold needs to let the later record win, in whatever order the records come. */
  readonly stamps: Map<string, Stamp>;
}

/** From when on a folder was an agent's worktree. */
export type Place = JournalRecord & { readonly kind: 'moved' };

/** When and where the record was written that last set something. */
export type Stamp = readonly [at: number, writer: string, seq: number];

/** The last word on a handoff or a conflict; it may be read before what it closes. */
export interface Closing {
  readonly word: string;
  readonly at: number;
  readonly by: string | null;
  readonly why: string | null;
  readonly beyond?: BeyondCount;
}

export function emptyLedger(): Ledger {
  return { agents: new Map(), handoffs: new Map(), landings: new Map(), undos: new Map(), conflicts: new Map(), resolutions: new Map(), overlaps: new Map(), verdicts: new Map(), places: new Map(), leaves: new Map(), warned: new Map(), closings: new Map(), stamps: new Map() };
}

/** The same ledger once more: what is folded into one is not seen in the other. */
export function copyLedger(ledger: Ledger): Ledger {
  const packed = packLedger(ledger);
  return unpackLedger({ ...packed, handoffs: packed.handoffs.map((handoff) => ({ ...handoff })), conflicts: packed.conflicts.map((conflict) => ({ ...conflict })), resolutions: packed.resolutions.map((resolution) => ({ ...resolution })) });
}

/** How a conflict is settled when it is met next; undefined where nobody has said, or it was dropped. */
export function resolutionOf(ledger: Ledger, id: string): Resolution | undefined {
  const resolution = ledger.resolutions.get(id);
  return resolution?.dropped === null ? resolution : undefined;
}

/** The branch that a conflict is with. */
export function targetOf(conflict: Pick<ConflictFacts, 'target'>, configured: string): string {
  return conflict.target ?? configured;
}

/** The landing that put this commit on a target, or undefined. */
export function landingOf(landings: Iterable<Landing>, commit: CommitId): Landing | undefined {
  for (const landing of landings) if (landing.agents.some((landed) => landed.commit === commit)) return landing;
  return undefined;
}

/** The agents that have not been removed, by name. */
export function presentAgents(ledger: Ledger): AgentRecord[] {
  return [...ledger.agents.values()].filter((agent) => agent.present).sort((a, b) => (a.agent < b.agent ? -1 : 1));
}

/** Handoffs that wait for this recipient, oldest first. */
export function waitingHandoffs(ledger: Ledger, to?: string): Handoff[] {
  return [...ledger.handoffs.values()]
    .filter((handoff) => handoff.closed === null && (to === undefined || handoff.to === to))
    .sort((a, b) => a.at - b.at);
}

/** Whether the agent called this tip ready to land, in so many words or by a commit that hands over to the coordinator. */
export function isReady(ledger: Ledger, agent: AgentRecord, tip: CommitId): boolean {
  return agent.readyTip === tip || handoffsToLand(ledger, agent.agent).some((handoff) => handoff.commit === tip);
}

/** What waits for the coordinator, which goes by the name of `main`, from this agent; unverified ones count for nothing. */
export function handoffsToLand(ledger: Ledger, agent: AgentId): Handoff[] {
  return waitingHandoffs(ledger, 'main').filter((handoff) => handoff.from === agent && handoff.verified);
}

/** A ledger as a JSON value, for the checkpoint. */
export interface PackedLedger {
  readonly agents: readonly (Omit<AgentRecord, 'commits'> & { readonly commits: readonly [CommitId, number][] })[];
  readonly handoffs: readonly Handoff[];
  readonly landings: readonly Landing[];
  readonly undos: readonly Undo[];
  readonly conflicts: readonly Conflict[];
  readonly resolutions: readonly Resolution[];
  readonly overlaps: readonly Predicted[];
  readonly verdicts: readonly [string, Verdict][];
  readonly places: readonly [string, Place][];
  readonly leaves: readonly [string, number][];
  readonly warned: readonly [string, number][];
  readonly closings: readonly [string, Closing][];
  readonly stamps: readonly [string, Stamp][];
}

export function packLedger(ledger: Ledger): PackedLedger {
  return {
    agents: [...ledger.agents.values()].map((agent) => ({ ...agent, commits: [...agent.commits] })),
    handoffs: [...ledger.handoffs.values()],
    landings: [...ledger.landings.values()],
    undos: [...ledger.undos.values()],
    conflicts: [...ledger.conflicts.values()],
    resolutions: [...ledger.resolutions.values()],
    overlaps: [...ledger.overlaps.values()],
    verdicts: [...ledger.verdicts],
    places: [...ledger.places],
    leaves: [...ledger.leaves],
    warned: [...ledger.warned],
    closings: [...ledger.closings],
    stamps: [...ledger.stamps],
  };
}

/** The ledger that `packLedger` made a value of. */
export function unpackLedger(packed: PackedLedger): Ledger {
  return {
    agents: new Map(packed.agents.map((agent) => [agent.agent, { ...agent, commits: new Map(agent.commits) }])),
    handoffs: new Map(packed.handoffs.map((handoff) => [handoff.id, handoff])),
    landings: new Map(packed.landings.map((landing) => [landing.id, landing])),
    undos: new Map(packed.undos.map((undo) => [undo.id, undo])),
    conflicts: new Map(packed.conflicts.map((conflict) => [conflict.id, conflict])),
    resolutions: new Map(packed.resolutions.map((resolution) => [resolution.id, resolution])),
    overlaps: new Map(packed.overlaps.map((overlap) => [overlap.id, overlap])),
    verdicts: new Map(packed.verdicts),
    places: new Map(packed.places),
    leaves: new Map(packed.leaves),
    warned: new Map(packed.warned),
    closings: new Map(packed.closings),
    stamps: new Map(packed.stamps),
  };
}
