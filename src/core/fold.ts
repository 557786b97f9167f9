import { budgetKey, leaveKey, warningKey } from './budgets.ts';
import type { HandoffEnd, JournalRecord } from './events.ts';
import { foldConflictRecord } from './fold-conflicts.ts';
import type { AgentId, CommitId } from './ids.ts';
import type { AgentRecord, Handoff, Ledger } from './ledger.ts';
import { isLater, later, stampOf, winsAt } from './stamps.ts';

/** How many commits of an agent the ledger remembers. */
export const COMMITS_KEPT = 200;

/**
 * Folds records into the ledger. Their order does not matter: of two that set the same thing the later one wins, so a
 * checkpoint with what was appended since gives the same ledger as all the files read anew.
 */
export function foldRecords(ledger: Ledger, records: Iterable<JournalRecord>): Ledger {
  for (const record of records) foldRecord(ledger, record);
  for (const agent of ledger.agents.values()) keepNewestCommits(agent);
  return ledger;
}

function foldRecord(ledger: Ledger, record: JournalRecord): void {
  switch (record.kind) {
    case 'agent-added': {
      const agent = agentOf(ledger, record.agent);
      agent.addedAt = Math.max(agent.addedAt, record.at);
      notePlace(ledger, record);
      if (wins(ledger, agent, 'present', record)) agent.present = true;
      if (wins(ledger, agent, 'branch', record)) agent.branch = record.branch;
      if (wins(ledger, agent, 'worktree', record)) agent.worktree = record.worktree;
      if (wins(ledger, agent, 'role', record)) agent.role = record.role;
      return setReady(ledger, record, null);
    }
    case 'agent-removed': {
      const agent = agentOf(ledger, record.agent);
      if (wins(ledger, agent, 'present', record)) agent.present = false;
      if (wins(ledger, agent, 'task', record)) { agent.task = null; agent.taskAt = record.at; agent.files = []; }
      return setReady(ledger, record, null);
    }
    case 'branch-set': {
      const agent = agentOf(ledger, record.agent);
      if (wins(ledger, agent, 'branch', record)) agent.branch = record.branch;
      if (wins(ledger, agent, 'walked', record)) agent.walkedTip = null;
      return setReady(ledger, record, null);
    }
    case 'moved': {
      notePlace(ledger, record);
      const agent = agentOf(ledger, record.agent);
      if (wins(ledger, agent, 'worktree', record)) agent.worktree = record.worktree;
      return;
    }
    case 'task': {
      const agent = agentOf(ledger, record.agent);
      if (wins(ledger, agent, 'task', record)) { agent.task = record.task; agent.taskAt = record.at; agent.files = record.files; }
      return;
    }
    case 'ran': {
      const agent = agentOf(ledger, record.agent);
      agent.lastActiveAt = Math.max(agent.lastActiveAt, record.at);
      return;
    }
    case 'ready':
      return setReady(ledger, record, record.tip);
    case 'unready':
      return setReady(ledger, record, null);
    case 'commit':
      return noteCommit(ledger, record, record.unrecorded === true);
    case 'rewrite':
      return noteCommit(ledger, record, false);
    case 'synced':
      // Made by whoever ran the command: they tell nothing of when the agent was last at work.
      for (const id of record.commits) noteCommit(ledger, { ...record, id }, true);
      return;
    case 'walked': {
      const agent = agentOf(ledger, record.agent);
      if (wins(ledger, agent, 'walked', record)) agent.walkedTip = record.tip;
      return;
    }
    case 'handoff': {
      const stamp = ledger.stamps.get(`handoff ${record.id}`);
      // The first one counts: an amended or picked commit hands the same thing over again.
      if (stamp !== undefined && isLater(record, stamp)) return;
      const { kind: _kind, writer: _writer, seq: _seq, ...facts } = record;
      ledger.stamps.set(`handoff ${record.id}`, stampOf(record));
      ledger.handoffs.set(record.id, { ...facts, closed: handoffEnd(ledger, record.id) });
      return;
    }
    case 'handoff-closed': {
      if (!winsAt(ledger, `closing handoff ${record.id}`, record)) return;
      ledger.closings.set(`handoff ${record.id}`, { word: record.how, at: record.at, by: record.by, why: record.why });
      const handoff = ledger.handoffs.get(record.id);
      if (handoff !== undefined) handoff.closed = handoffEnd(ledger, record.id);
      return;
    }
    case 'landing': {
      if (!winsAt(ledger, `landing ${record.id}`, record)) return;
      const { kind: _kind, writer: _writer, seq: _seq, ...facts } = record;
      ledger.landings.set(record.id, facts);
      for (const landed of record.agents) endReadiness(ledger, landed.agent);
      return;
    }
    case 'undo': {
      if (!winsAt(ledger, `undo ${record.id}`, record)) return;
      const { kind: _kind, writer: _writer, seq: _seq, ...facts } = record;
      ledger.undos.set(record.id, facts);
      return;
    }
    case 'gate':
      if (winsAt(ledger, `verdict ${record.key}`, record)) ledger.verdicts.set(record.key, { verdict: record.verdict, at: record.at });
      return;
    case 'conflict':
    case 'conflict-closed':
    case 'resolution':
    case 'resolution-dropped':
      return foldConflictRecord(ledger, record);
    case 'overlap': {
      const stamp = ledger.stamps.get(`overlap ${record.id}`);
      // The first one counts: whoever asks again foresees the same thing.
      if (stamp !== undefined && isLater(record, stamp)) return;
      const { kind: _kind, writer: _writer, seq: _seq, ...facts } = record;
      ledger.stamps.set(`overlap ${record.id}`, stampOf(record));
      ledger.overlaps.set(record.id, facts);
      return;
    }
    case 'over-budget':
      for (const budget of record.budgets) setLatest(ledger.leaves, leaveKey(record.agent, budget), record.at);
      return;
    case 'budget':
      if (record.what === 'warned') setLatest(ledger.warned, warningKey(budgetKey(record.whose, record), record.usd >= record.amount ? 'spent' : 'nearly'), record.at);
      return;
    case 'lock':
    case 'unlock':
    case 'idled':
    case 'trashed':
    case 'warning':
      return;
  }
}

/** When the branch of this agent was last walked, epoch milliseconds; 0 for never. */
export function walkedAt(ledger: Ledger, agent: AgentId): number {
  return ledger.stamps.get(`agent ${agent} walked`)?.[0] ?? 0;
}

/** The agent's record; an empty one that is not present where nothing but a hook has spoken of it yet. */
function agentOf(ledger: Ledger, id: AgentId): AgentRecord {
  const known = ledger.agents.get(id);
  if (known !== undefined) return known;
  const agent: AgentRecord = {
    agent: id, branch: '', worktree: '', role: null, addedAt: 0, present: false, task: null, taskAt: 0, files: [],
    readyTip: null, readyAt: 0, walkedTip: null, lastActiveAt: 0, commits: new Map(),
  };
  ledger.agents.set(id, agent);
  return agent;
}

function setReady(ledger: Ledger, record: JournalRecord & { readonly agent: AgentId }, tip: CommitId | null): void {
  const agent = agentOf(ledger, record.agent);
  if (!wins(ledger, agent, 'ready', record)) return;
  agent.readyTip = tip;
  agent.readyAt = record.at;
  endReadiness(ledger, record.agent);
}

/** A tip that has landed since it was called ready is ready no more; a newer one that was called so meanwhile stays. */
function endReadiness(ledger: Ledger, id: AgentId): void {
  const agent = ledger.agents.get(id);
  const ready = ledger.stamps.get(`agent ${id} ready`);
  if (agent === undefined || agent.readyTip === null || ready === undefined) return;
  for (const landing of ledger.landings.values()) {
    const stamp = ledger.stamps.get(`landing ${landing.id}`);
    if (stamp !== undefined && later(stamp, ready) && landing.agents.some((landed) => landed.agent === id && landed.tip === agent.readyTip)) {
      agent.readyTip = null;
      return;
    }
  }
}

function noteCommit(ledger: Ledger, record: { readonly agent: AgentId; readonly id: CommitId; readonly at: number }, foundLater: boolean): void {
  const agent = agentOf(ledger, record.agent);
  agent.commits.set(record.id, Math.max(agent.commits.get(record.id) ?? 0, record.at));
  if (!foundLater) agent.lastActiveAt = Math.max(agent.lastActiveAt, record.at);
  // What is dropped on the way would be dropped at the end: there are enough newer ones.
  if (agent.commits.size >= 10 * COMMITS_KEPT) keepNewestCommits(agent);
}

function keepNewestCommits(agent: AgentRecord): void {
  if (agent.commits.size <= COMMITS_KEPT) return;
  agent.commits = new Map([...agent.commits].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, COMMITS_KEPT));
}

function handoffEnd(ledger: Ledger, id: string): Handoff['closed'] {
  const closing = ledger.closings.get(`handoff ${id}`);
  return closing === undefined ? null : { how: closing.word as HandoffEnd, by: closing.by ?? 'unknown', why: closing.why, at: closing.at };
}

function notePlace(ledger: Ledger, { agent, worktree, at, writer, seq }: JournalRecord & { readonly kind: 'agent-added' | 'moved' }): void {
  ledger.places.set(`${at} ${writer} ${seq}`, { kind: 'moved', agent, worktree, at, writer, seq });
}

function setLatest(map: Map<string, number>, key: string, at: number): void {
  map.set(key, Math.max(map.get(key) ?? 0, at));
}

function wins(ledger: Ledger, agent: AgentRecord, field: string, record: JournalRecord): boolean {
  return winsAt(ledger, `agent ${agent.agent} ${field}`, record);
}
