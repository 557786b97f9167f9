import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectCandidates, type AgentSnapshot, type SelectionInput } from '../../src/core/candidates.ts';
import type { AgentId, CommitId } from '../../src/core/ids.ts';

const snapshot = (agent: string, facts: Partial<AgentSnapshot> = {}): AgentSnapshot => ({
  agent: agent as AgentId, branch: `feature/${agent}`, tip: 'a'.repeat(40) as CommitId, ahead: 1, firstCommitTime: 100, ready: false,
  worktree: 'on-branch', underWay: null, onUndone: [], undoneAs: null, landedThere: null, ...facts,
});
const changed = (files: Record<string, number>): SelectionInput => ({ changedFiles: new Map(Object.entries(files) as [AgentId, number][]) });
const names = (agents: readonly { agent: AgentId }[]): string[] => agents.map(({ agent }) => agent);

describe('the branches of a run', () => {
  it('without names or ready marks: every quiet agent that is ahead, the oldest work first', () => {
    const { candidates, out } = selectCandidates([snapshot('b', { firstCommitTime: 5 }), snapshot('a', { firstCommitTime: 9 }), snapshot('c', { ahead: 0 })], []);
    expect(names(candidates)).toEqual(['b', 'a']);
    expect(out).toMatchObject([{ agent: 'c', reason: { kind: 'nothing-to-land' } }]);
  });

  it('where one is marked ready, the others wait', () => {
    const { candidates, out } = selectCandidates([snapshot('a'), snapshot('b', { ready: true })], [], changed({ b: 3 }));
    expect(names(candidates)).toEqual(['b']);
    expect(out).toMatchObject([{ agent: 'a', reason: { kind: 'not-ready' } }]);
  });

  it('a named agent comes with its committed work, whatever its worktree holds, in the order named', () => {
    const agents = [snapshot('a'), snapshot('b', { worktree: 'detached' }), snapshot('c')];
    expect(names(selectCandidates(agents, ['c', 'b', 'a'] as AgentId[], changed({ a: 2 })).candidates)).toEqual(['c', 'b', 'a']);
  });

  it('what stays out is said with the reason', () => {
    const agents = [
      snapshot('a'), snapshot('b', { worktree: 'detached' }), snapshot('c', { worktree: { onBranch: 'other' } }),
      snapshot('d', { underWay: 'a rebase', worktree: 'detached' }), snapshot('e', { tip: null, ahead: 0 }),
    ];
    expect(selectCandidates(agents, [], changed({ a: 2 })).out.map(({ reason }) => reason.kind)).toEqual(['uncommitted', 'detached', 'elsewhere', 'under-way', 'branch-missing']);
  });

  it('every agent is either a candidate or out, once, and the order does not depend on the order of the facts', () => {
    const agent = fc.record({ ahead: fc.integer({ min: 0, max: 2 }), ready: fc.boolean(), changedFiles: fc.integer({ min: 0, max: 1 }), firstCommitTime: fc.integer({ min: 1, max: 3 }) });
    fc.assert(fc.property(fc.array(agent, { maxLength: 6 }), (facts) => {
      const agents = facts.map(({ ahead, ready, firstCommitTime }, index) => snapshot(`a${index}`, { ahead, ready, firstCommitTime }));
      const dirty = changed(Object.fromEntries(facts.map(({ changedFiles }, index) => [`a${index}`, changedFiles])));
      const forward = selectCandidates(agents, [], dirty);
      const backward = selectCandidates(agents.toReversed(), [], dirty);
      expect(names(forward.candidates)).toEqual(names(backward.candidates));
      expect([...names(forward.candidates), ...names(forward.out)].sort()).toEqual(names(agents).sort());
    }));
  });
});
