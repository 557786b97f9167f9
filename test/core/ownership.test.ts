import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/core/events.ts';
import { foldRecords } from '../../src/core/fold.ts';
import type { AgentId, CommitId } from '../../src/core/ids.ts';
import { emptyLedger } from '../../src/core/ledger.ts';
import { ownedFiles } from '../../src/core/ownership.ts';
import { handoffFacts } from '../support/journal-records.ts';

const agent = (name: string): Event => ({ kind: 'agent-added', agent: name as AgentId, branch: name, worktree: `/${name}`, role: null });
const assigned = (name: string, ...files: string[]): Event => ({ kind: 'task', agent: name as AgentId, task: 'a task', files });
const accepted = (id: string, to: string, ...files: string[]): Event[] => [
  { kind: 'handoff', ...handoffFacts(id, { to, files }) },
  { kind: 'handoff-closed', id, by: to, how: 'accepted', why: null },
];
const landed = (name: string): Event => {
  const tip = '1'.repeat(40) as CommitId;
  return { kind: 'landing', id: 'L1', target: 'main', old: tip, new: tip, strategy: 'merge', agents: [{ agent: name as AgentId, branch: name, tip, commit: tip }], gates: [] };
};

/** Who owns what after these events, a second apart. */
function owned(touched: Record<string, string[]>, ...events: Event[]): Record<string, string[]> {
  const records = [agent('claude'), agent('glm'), ...events].map((event, seq) => ({ ...event, at: (seq + 1) * 1000, writer: 'p', seq }));
  return Object.fromEntries(ownedFiles(foldRecords(emptyLedger(), records), new Map(Object.entries(touched))));
}

describe('a file that a branch has changed', () => {
  it('is its agent\'s until another one accepts it', () => {
    expect(owned({ claude: ['a', 'b'], glm: [] })).toEqual({ claude: ['a', 'b'], glm: [] });
    expect(owned({ claude: ['a', 'b'], glm: [] }, { kind: 'handoff', ...handoffFacts('h', { files: ['a'] }) })).toEqual({ claude: ['a', 'b'], glm: [] });
    expect(owned({ claude: ['a', 'b'], glm: [] }, ...accepted('h', 'glm', 'a'))).toEqual({ claude: ['b'], glm: ['a'] });
  });

  it('goes to the one that accepted it last, also where both have changed it', () => {
    expect(owned({ claude: ['a'], glm: ['a'] }, ...accepted('h', 'glm', 'a'), ...accepted('i', 'claude', 'a'))).toEqual({ claude: ['a'], glm: [] });
  });

  it('goes with the folder that it lies in, but not with a part of itself', () => {
    expect(owned({ claude: ['src/a', 'src/b/c', 'srcs'], glm: [] }, ...accepted('h', 'glm', 'src/', 'srcs:1-2'))).toEqual({ claude: ['srcs'], glm: ['src', 'srcs:1-2'] });
    expect(owned({ claude: ['src/a', 'src/b'], glm: [] }, ...accepted('h', 'glm', 'src'), ...accepted('i', 'claude', 'src/a'))).toEqual({ claude: ['src/a'], glm: ['src'] });
  });

  it('is assigned in the same way, and given back with the task', () => {
    expect(owned({ claude: ['a'], glm: [] }, assigned('glm', 'a', 'new'))).toEqual({ claude: [], glm: ['a', 'new'] });
    expect(owned({ claude: ['a'], glm: [] }, assigned('glm', 'a', 'new'), { kind: 'task', agent: 'glm' as AgentId, task: null, files: [] })).toEqual({ claude: ['a'], glm: [] });
  });

  it('is given until the receiver lands or is removed', () => {
    expect(owned({ claude: ['a'], glm: [] }, ...accepted('h', 'glm', 'a'), landed('glm'))).toEqual({ claude: ['a'], glm: [] });
    expect(owned({ claude: [], glm: [] }, ...accepted('h', 'glm', 'a'), landed('claude'))).toEqual({ claude: [], glm: ['a'] });
    expect(owned({ claude: ['a'] }, ...accepted('h', 'glm', 'a'), { kind: 'agent-removed', agent: 'glm' as AgentId, branch: 'glm', tip: null })).toEqual({ claude: ['a'] });
  });
});
