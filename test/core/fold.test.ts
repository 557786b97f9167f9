import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../src/core/events.ts';
import { COMMITS_KEPT, foldRecords } from '../../src/core/fold.ts';
import type { AgentId, CommitId } from '../../src/core/ids.ts';
import { emptyLedger, packLedger, unpackLedger } from '../../src/core/ledger.ts';
import { pruneLedger } from '../../src/core/prune.ts';
import { anyRecords, comparable, conflictFacts, handoffFacts, RECENTLY } from '../support/journal-records.ts';

const glm = 'glm' as AgentId;
const tip = (digit: string): CommitId => digit.repeat(40) as CommitId;

function recorded(...records: (Omit<JournalRecord, 'writer' | 'seq'> & Record<string, unknown>)[]): JournalRecord[] {
  return records.map((record, seq) => ({ writer: 'p-1.log', seq, ...record }) as JournalRecord);
}

describe('the fold', () => {
  it('gives the same ledger in whatever order the records come', () => {
    fc.assert(fc.property(anyRecords.chain((records) => fc.tuple(fc.constant(records), fc.shuffledSubarray(records, { minLength: records.length }))), ([records, shuffled]) => {
      expect(comparable(foldRecords(emptyLedger(), shuffled))).toEqual(comparable(foldRecords(emptyLedger(), records)));
    }));
  });

  it('gives the same ledger from a packed part and the rest as from everything', () => {
    fc.assert(fc.property(anyRecords, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (records, early) => {
      const packed: unknown = JSON.parse(JSON.stringify(packLedger(foldRecords(emptyLedger(), records.filter((_, index) => early[index])))));
      const whole = foldRecords(unpackLedger(packed as ReturnType<typeof packLedger>), records.filter((_, index) => early[index] !== true));
      expect(comparable(whole)).toEqual(comparable(foldRecords(emptyLedger(), records)));
    }));
  });

  it('keeps a commit that a hook wrote in the second before the agent was added', () => {
    const ledger = foldRecords(emptyLedger(), recorded(
      { kind: 'commit', agent: glm, id: tip('1'), at: 1000 },
      { kind: 'agent-added', agent: glm, branch: 'feature/glm', worktree: '/srv/glm', role: null, at: 1500 },
    ));
    expect(ledger.agents.get(glm)).toMatchObject({ present: true, branch: 'feature/glm', lastActiveAt: 1000 });
    expect(ledger.agents.get(glm)?.commits.has(tip('1'))).toBe(true);
  });

  it('calls a landed tip ready no more, but keeps a newer one that was called ready while the landing ran', () => {
    const landing = { kind: 'landing', id: 'l', target: 'main', old: tip('8'), new: tip('9'), strategy: 'merge', agents: [{ agent: glm, branch: 'b', tip: tip('1'), commit: tip('9') }], gates: [], at: 3 };
    const ready = (digit: string, at: number): Record<string, unknown> & { kind: 'ready'; at: number } => ({ kind: 'ready', agent: glm, tip: tip(digit), at });
    expect(foldRecords(emptyLedger(), recorded(ready('1', 1), landing as never)).agents.get(glm)?.readyTip).toBeNull();
    expect(foldRecords(emptyLedger(), recorded(ready('1', 1), ready('2', 2), landing as never)).agents.get(glm)?.readyTip).toBe(tip('2'));
  });

  it('opens a conflict again that is met after it was closed', () => {
    const met = (at: number): never => ({ kind: 'conflict', ...conflictFacts('c'), at }) as never;
    const closed = { kind: 'conflict-closed', id: 'c', how: 'gone', at: 2 } as never;
    expect(foldRecords(emptyLedger(), recorded(met(1), closed)).conflicts.get('c')?.closed).toEqual({ how: 'gone', at: 2, merged: null });
    expect(foldRecords(emptyLedger(), recorded(met(1), closed, met(3))).conflicts.get('c')).toMatchObject({ closed: null, timesSeen: 2, at: 1, seenAt: 3 });
  });

  // Enough of them that some are dropped on the way, and each once more with an older time.
  it('remembers the newest commits of an agent only, in whatever order they come', () => {
    const ids = Array.from({ length: COMMITS_KEPT * 12 }, (_, index) => index.toString(16).padStart(40, '0') as CommitId);
    const records = recorded(...[...ids, ...ids].map((id, index) => ({ kind: 'commit' as const, agent: glm, id, at: index < ids.length ? index + 1 : 0 })));
    for (const ordered of [records, records.toReversed(), [...records.slice(900), ...records.slice(0, 900)]]) {
      const commits = foldRecords(emptyLedger(), ordered).agents.get(glm)?.commits;
      expect([...(commits ?? [])].sort()).toEqual(ids.slice(-COMMITS_KEPT).map((id) => [id, ids.indexOf(id) + 1]));
    }
  });
});

describe('pruning', () => {
  const now = 1_000 * 24 * 60 * 60_000;
  const day = (ago: number): number => now - ago * 24 * 60 * 60_000;

  it('forgets what was closed long ago and keeps what is open', () => {
    const ledger = foldRecords(emptyLedger(), recorded(
      ...['open', 'old', 'new'].map((id) => ({ kind: 'conflict' as const, ...conflictFacts(id), at: day(400) })),
      { kind: 'conflict-closed', id: 'old', how: 'landed', at: day(399) },
      { kind: 'conflict-closed', id: 'new', how: 'landed', at: day(3) },
      ...['waiting', 'taken'].map((id) => ({ kind: 'handoff' as const, ...handoffFacts(id), at: day(400) })),
      { kind: 'handoff-closed', id: 'taken', by: 'glm', how: 'accepted', why: null, at: day(399) },
    ));
    pruneLedger(ledger, now);
    expect([...ledger.conflicts.keys()]).toEqual(['open', 'new']);
    expect([...ledger.handoffs.keys()]).toEqual(['waiting']);
    expect([...ledger.stamps.keys()].filter((key) => /old|taken/.test(key))).toEqual([]);
  });

  it('keeps the newest verdicts, and of old landings the last of each agent', () => {
    const landings = Array.from({ length: 1_100 }, (_, index) => ({
      kind: 'landing' as const, id: `l${index}`, target: 'main', old: tip('1'), new: tip('2'), strategy: 'squash' as const, gates: [], at: index,
      agents: [{ agent: (index === 0 ? 'early' : 'glm') as AgentId, branch: 'b', tip: tip('1'), commit: tip('2') }],
    }));
    const verdicts = Array.from({ length: 600 }, (_, at) => ({ kind: 'gate' as const, key: `k${at}`, name: 'test', tree: tip('1') as string as never, verdict: 'passed' as const, ms: 1, at }));
    const ledger = pruneLedger(foldRecords(emptyLedger(), recorded(...landings, ...verdicts)), now);
    expect(ledger.landings.has('l0')).toBe(true);
    expect(ledger.landings.has('l1')).toBe(false);
    expect(ledger.landings.size).toBe(1_001);
    expect(ledger.verdicts.size).toBe(500);
    expect(ledger.verdicts.has('k599')).toBe(true);
  });

  it('changes nothing in a young ledger', () => {
    fc.assert(fc.property(anyRecords, (records) => {
      const before = comparable(foldRecords(emptyLedger(), records));
      expect(comparable(pruneLedger(foldRecords(emptyLedger(), records), RECENTLY + 20_000))).toEqual(before);
    }));
  });
});
