import * as fc from 'fast-check';
import type { ConflictFacts, Event, HandoffFacts, JournalRecord } from '../../src/core/events.ts';
import type { OverlapFacts } from '../../src/core/overlap-facts.ts';
import type { AgentId, CommitId, RepoPath, TreeId } from '../../src/core/ids.ts';
import { packLedger, type Ledger } from '../../src/core/ledger.ts';

const agent = fc.constantFrom('claude', 'glm', 'constructor') as fc.Arbitrary<AgentId>;
const commit = fc.constantFrom('1', '2', '3', '4', '5').map((digit) => digit.repeat(40) as CommitId);
const id = fc.constantFrom('aaaa', 'bbbb', 'cccc');
const text = fc.constantFrom('feature/glm', '/srv/glm', 'write the parser');

export function handoffFacts(id: string, more: Partial<HandoffFacts> = {}): HandoffFacts {
  return { id, from: 'claude', to: 'glm', task: 'write the parser', context: null, files: [], notes: null, commit: null, verified: true, ...more };
}

export function conflictFacts(id: string, more: Partial<ConflictFacts> = {}): ConflictFacts {
  return {
    id, agent: 'glm' as AgentId, path: 'src/app.ts' as RepoPath, level: 'content', type: 'contents', lines: [3, 5], base: null,
    tip: '1'.repeat(40) as CommitId, onto: '2'.repeat(40) as CommitId, other: { kind: 'unknown' }, excerpt: null, ...more,
  };
}

export function overlapFacts(id: string, more: Partial<OverlapFacts> = {}): OverlapFacts {
  return {
    id, path: 'src/app.ts' as RepoPath, level: 'content', verdict: 'conflict', type: 'contents', lines: [3, 5],
    sides: [{ agent: 'claude' as AgentId, commit: '1'.repeat(40) as CommitId }, { agent: 'glm' as AgentId, commit: null }],
    owner: null, advice: { kind: 'wait', agent: 'glm' as AgentId, behind: 'claude' as AgentId }, ...more,
  };
}

/** Any event that the ledger folds. A landing has an id of its own, as every landing has. */
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('agent-added' as const), agent, branch: text, worktree: text, role: fc.option(text) }),
  fc.record({ kind: fc.constant('agent-removed' as const), agent, branch: text, tip: fc.option(commit) }),
  fc.record({ kind: fc.constant('branch-set' as const), agent, branch: text }),
  fc.record({ kind: fc.constant('moved' as const), agent, worktree: text }),
  fc.record({ kind: fc.constant('task' as const), agent, task: fc.option(text), files: fc.array(text, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant('ready' as const), agent, tip: commit }),
  fc.record({ kind: fc.constant('unready' as const), agent }),
  fc.record({ kind: fc.constant('commit' as const), agent, id: commit }),
  fc.record({ kind: fc.constant('rewrite' as const), agent, old: commit, id: commit }),
  fc.record({ kind: fc.constant('synced' as const), agent, target: text, way: fc.constantFrom('merge' as const, 'rebase' as const), old: commit, new: commit, onto: commit, commits: fc.array(commit, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant('walked' as const), agent, tip: commit }),
  id.map((id) => ({ kind: 'handoff' as const, ...handoffFacts(id) })),
  fc.record({ kind: fc.constant('handoff-closed' as const), id, by: agent, how: fc.constantFrom('accepted' as const, 'declined' as const), why: fc.option(text) }),
  fc.record({ agent, tip: commit, id: fc.uuid() }).map(({ agent, tip, id }) => ({
    kind: 'landing' as const, id, target: 'main', old: tip, new: tip, strategy: 'merge' as const, agents: [{ agent, branch: 'b', tip, commit: tip }], gates: [],
  })),
  fc.record({ kind: fc.constant('gate' as const), key: id, name: text, tree: commit as fc.Arbitrary<string> as fc.Arbitrary<TreeId>, verdict: fc.constantFrom('passed' as const, 'failed' as const), ms: fc.nat() }),
  fc.record({ id, tip: commit }).map(({ id, tip }) => ({ kind: 'conflict' as const, ...conflictFacts(id, { tip }) })),
  fc.record({ id, type: text }).map(({ id, type }) => ({ kind: 'overlap' as const, ...overlapFacts(id, { type }) })),
  fc.record({ kind: fc.constant('resolution' as const), id, take: fc.constantFrom(['agent' as const], ['target' as const, 'agent' as const]), by: agent, commit }),
  fc.record({ kind: fc.constant('over-budget' as const), agent, budgets: fc.subarray(['* 20 day', 'glm 5 altogether']) }),
  fc.record({ kind: fc.constant('budget' as const), agent, what: fc.constantFrom('warned' as const, 'paused' as const), whose: fc.option(agent), amount: fc.constant(5), per: fc.constantFrom('day' as const, null), usd: fc.constantFrom(4, 5), atLeast: fc.boolean() }),
  fc.record({ kind: fc.constant('resolution-dropped' as const), id, by: agent }),
  fc.record({ kind: fc.constant('conflict-closed' as const), id, how: fc.constantFrom('landed' as const, 'gone' as const) }),
  fc.record({ id, merge: commit, files: fc.nat(), lines: fc.nat() }).map(({ id, ...beyond }) => ({ kind: 'conflict-closed' as const, id, how: 'gone' as const, merged: beyond.merge, beyond })),
);

/** When the records of `anyRecords` begin, epoch milliseconds. */
export const RECENTLY = Math.floor(Date.now() / 1000) * 1000 - 60_000;

/** Records of a few writers; their clocks tie, and a writer's sequence goes up. */
export const anyRecords: fc.Arbitrary<JournalRecord[]> = fc
  .array(fc.record({ event, at: fc.integer({ min: 1, max: 12 }), writer: fc.constantFrom('hook-a.log', 'p-1.log', 'p-2.log') }), { maxLength: 40 })
  .map((entries) => entries.map(({ event, at, writer }, seq) => ({ ...event, at: RECENTLY + at * 1000, writer, seq })));

/** A ledger in a form that compares whatever order its maps were filled in. */
export function comparable(ledger: Ledger): unknown {
  return Object.fromEntries(Object.entries(packLedger(ledger)).map(([name, entries]: [string, readonly unknown[]]) => [name, entries.map((entry) => JSON.stringify(sorted(entry))).sort()]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, sorted(entry)]));
}
