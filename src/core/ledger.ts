import type { ConflictFacts, GateVerdict, HandoffFacts, JournalRecord, LandedAgent, Strategy } from './events.ts';
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
  /** The tip that it called ready; a newer commit makes it unready. */
  readyTip: CommitId | null;
  readyAt: number;
  /** Where the walk of its branch last stopped. */
  walkedTip: CommitId | null;
  lastActiveAt: number;
  /** Ids of the newest commits that hooks or the walk reported, at most `COMMITS_KEPT`. */
  commits: CommitId[];
}

export interface Handoff extends HandoffFacts {
  readonly at: number;
  closedBy: string | null;
}

export interface Landing {
  readonly id: string;
  readonly at: number;
  readonly target: string;
  readonly old: CommitId;
  readonly new: CommitId;
  readonly strategy: Strategy;
  readonly agents: readonly LandedAgent[];
  readonly gates: readonly string[];
}

export interface Conflict extends ConflictFacts {
  readonly at: number;
  seenAt: number;
  timesSeen: number;
  closed: { readonly how: 'landed' | 'gone' | 'withdrawn'; readonly at: number } | null;
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
  readonly conflicts: Map<string, Conflict>;
  readonly verdicts: Map<string, Verdict>;
}

const COMMITS_KEPT = 200;

export function emptyLedger(): Ledger {
  return { agents: new Map(), handoffs: new Map(), landings: new Map(), conflicts: new Map(), verdicts: new Map() };
}

/** Folds records, in the order of `byTime`, into the ledger. */
export function foldRecords(ledger: Ledger, records: Iterable<JournalRecord>): Ledger {
  for (const record of records) foldRecord(ledger, record);
  return ledger;
}

function foldRecord(ledger: Ledger, record: JournalRecord): void {
  switch (record.kind) {
    case 'agent-added': {
      const known = ledger.agents.get(record.agent);
      ledger.agents.set(record.agent, {
        agent: record.agent, branch: record.branch, worktree: record.worktree, role: record.role, addedAt: record.at, present: true,
        task: known?.task ?? null, taskAt: known?.taskAt ?? 0, readyTip: null, readyAt: 0,
        walkedTip: known?.walkedTip ?? null, lastActiveAt: record.at, commits: known?.commits ?? [],
      });
      return;
    }
    case 'agent-removed':
      return onAgent(ledger, record, (agent) => { agent.present = false; agent.readyTip = null; });
    case 'branch-set':
      return onAgent(ledger, record, (agent) => { agent.branch = record.branch; agent.readyTip = null; agent.walkedTip = null; });
    case 'moved':
      return onAgent(ledger, record, (agent) => { agent.worktree = record.worktree; });
    case 'task':
      return onAgent(ledger, record, (agent) => {
        if (record.at < agent.taskAt) return;
        agent.task = record.task;
        agent.taskAt = record.at;
      });
    case 'ready':
      return onAgent(ledger, record, (agent) => { agent.readyTip = record.tip; agent.readyAt = record.at; });
    case 'unready':
      return onAgent(ledger, record, (agent) => { agent.readyTip = null; });
    case 'commit':
      return onAgent(ledger, record, (agent) => noteCommit(agent, record.id, record.at));
    case 'rewrite':
      return onAgent(ledger, record, (agent) => noteCommit(agent, record.id, record.at));
    case 'walked':
      return onAgent(ledger, record, (agent) => { agent.walkedTip = record.tip; });
    case 'handoff': {
      if (ledger.handoffs.has(record.id)) return;
      const { kind: _kind, writer: _writer, seq: _seq, ...facts } = record;
      ledger.handoffs.set(record.id, { ...facts, closedBy: null });
      return;
    }
    case 'handoff-closed': {
      const handoff = ledger.handoffs.get(record.id);
      if (handoff !== undefined) handoff.closedBy = record.by;
      return;
    }
    case 'landing': {
      const { kind: _kind, writer: _writer, seq: _seq, ...facts } = record;
      ledger.landings.set(record.id, facts);
      for (const landed of record.agents) {
        const agent = ledger.agents.get(landed.agent);
        if (agent !== undefined && agent.readyTip === landed.tip) agent.readyTip = null;
      }
      return;
    }
    case 'gate':
      ledger.verdicts.set(record.key, { verdict: record.verdict, at: record.at });
      return;
    case 'conflict': {
      const { kind: _kind, writer: _writer, seq: _seq, ...facts } = record;
      const known = ledger.conflicts.get(record.id);
      ledger.conflicts.set(record.id, {
        ...facts, at: known?.at ?? record.at, seenAt: record.at, timesSeen: (known?.timesSeen ?? 0) + 1, closed: null,
      });
      return;
    }
    case 'conflict-closed': {
      const conflict = ledger.conflicts.get(record.id);
      if (conflict !== undefined) conflict.closed = { how: record.how, at: record.at };
      return;
    }
    case 'trashed':
    case 'torn':
      return;
  }
}

function onAgent(ledger: Ledger, record: { readonly agent: AgentId; readonly at: number }, change: (agent: AgentRecord) => void): void {
  const agent = ledger.agents.get(record.agent);
  if (agent === undefined) return;
  change(agent);
  agent.lastActiveAt = Math.max(agent.lastActiveAt, record.at);
}

function noteCommit(agent: AgentRecord, id: CommitId, _at: number): void {
  if (agent.commits.includes(id)) return;
  agent.commits.push(id);
  if (agent.commits.length > COMMITS_KEPT) agent.commits.splice(0, agent.commits.length - COMMITS_KEPT);
}

/** The landed tips of an agent's branch, newest landing last. */
export function landedTips(ledger: Ledger, agent: AgentId, target: string): LandedAgent[] {
  return [...ledger.landings.values()]
    .filter((landing) => landing.target === target)
    .sort((a, b) => a.at - b.at)
    .flatMap((landing) => landing.agents.filter((landed) => landed.agent === agent));
}

/** The agents that have not been removed, by name. */
export function presentAgents(ledger: Ledger): AgentRecord[] {
  return [...ledger.agents.values()].filter((agent) => agent.present).sort((a, b) => (a.agent < b.agent ? -1 : 1));
}

/** Handoffs that wait for this recipient, oldest first. */
export function waitingHandoffs(ledger: Ledger, to?: string): Handoff[] {
  return [...ledger.handoffs.values()]
    .filter((handoff) => handoff.closedBy === null && (to === undefined || handoff.to === to))
    .sort((a, b) => a.at - b.at);
}

/** A ledger as JSON text, for the checkpoint. */
export function serializeLedger(ledger: Ledger): string {
  return JSON.stringify({
    agents: [...ledger.agents.values()], handoffs: [...ledger.handoffs.values()], landings: [...ledger.landings.values()],
    conflicts: [...ledger.conflicts.values()], verdicts: [...ledger.verdicts],
  });
}

/** The ledger that `serializeLedger` wrote. */
export function parseLedger(text: string): Ledger {
  const raw = JSON.parse(text) as {
    agents: AgentRecord[]; handoffs: Handoff[]; landings: Landing[]; conflicts: Conflict[]; verdicts: [string, Verdict][];
  };
  return {
    agents: new Map(raw.agents.map((agent) => [agent.agent, agent])),
    handoffs: new Map(raw.handoffs.map((handoff) => [handoff.id, handoff])),
    landings: new Map(raw.landings.map((landing) => [landing.id, landing])),
    conflicts: new Map(raw.conflicts.map((conflict) => [conflict.id, conflict])),
    verdicts: new Map(raw.verdicts),
  };
}
