import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AiteamError } from '../../src/core/errors.ts';
import type { AgentId, CommitId, RepoPath } from '../../src/core/ids.ts';
import { ownPrints, sortIgnored } from '../../src/core/prepared.ts';
import { planRemoval, unlandedOf, type RemovalFacts, type RemovalTip, type RemovalWishes, type TipCommit } from '../../src/core/removal-plan.ts';

const commit = fc.record({ id: fc.stringMatching(/^[0-9a-f]{40}$/).map((id) => id as CommitId), subject: fc.string(), merge: fc.boolean(), equal: fc.boolean() });
const tip = fc.record({
  name: fc.constantFrom('feature/glm', 'the worktree\'s HEAD'), tip: fc.constant('a'.repeat(40) as CommitId), commits: fc.array(commit, { maxLength: 4 }),
  whole: fc.constantFrom('squashed', 'nothing', 'missing'), stays: fc.boolean(),
});
const paths = fc.array(fc.string({ minLength: 1 }).map((path) => path as RepoPath), { maxLength: 12 });
const facts: fc.Arbitrary<RemovalFacts> = fc.record({
  agent: fc.constant('glm' as AgentId), path: fc.constant('/w/glm'), locked: fc.boolean(), underWay: fc.constantFrom(null, 'a merge'), uncommitted: paths, untracked: paths,
  tips: fc.array(tip as fc.Arbitrary<RemovalTip>, { maxLength: 2 }), branch: fc.constant('feature/glm'), branchTip: fc.constantFrom(null, 'a'.repeat(40) as CommitId),
  branchAlsoAt: fc.constantFrom(null, '/w/other'),
});
const wishes: fc.Arbitrary<RemovalWishes> = fc.record({ force: fc.boolean(), discard: fc.boolean(), keepBranch: fc.boolean() });

function refusalOf(given: RemovalFacts, wished: RemovalWishes): AiteamError | null {
  try {
    planRemoval(given, wished);
    return null;
  } catch (error) {
    if (error instanceof AiteamError) return error;
    throw error;
  }
}

describe('a worktree may go', () => {
  it('exactly where everything that would be lost was accepted, and it is not locked', () => {
    fc.assert(fc.property(facts, wishes, (given, wished) => {
      const unsaved = given.underWay !== null || given.uncommitted.length + given.untracked.length > 0;
      const unlanded = given.tips.some((one) => !(one.stays && wished.keepBranch) && unlandedOf(one).length > 0);
      const error = refusalOf(given, wished);
      expect(error?.code ?? null).toBe(given.locked ? 'worktree-locked' : (unsaved && !wished.force) || (unlanded && !wished.discard) ? 'work-would-be-lost' : null);
    }));
  });

  it('with the options that the refusal names', () => {
    fc.assert(fc.property(facts, wishes, (given, wished) => {
      const error = refusalOf({ ...given, locked: false }, wished);
      if (error === null) return;
      const hint = error.hints.join('\n');
      expect(refusalOf({ ...given, locked: false }, { ...wished, force: / -f/.test(hint), discard: / -D/.test(hint) })).toBeNull();
    }));
  });

  it('after a refusal that nothing in a name or subject can forge a line of', () => {
    fc.assert(fc.property(facts, (given) => {
      const lines = (refusalOf({ ...given, locked: false }, { force: false, discard: false, keepBranch: false })?.message ?? '').split('\n');
      expect(lines.length).toBeLessThanOrEqual(1 + 3 + given.tips.length);
    }));
  });
});

describe('commits of a tip that are nowhere else', () => {
  const one = (over: Partial<TipCommit>): TipCommit => ({ id: 'c'.repeat(40) as CommitId, subject: 's', merge: false, equal: false, ...over });

  it('are those without an equal one, unless all together were squashed', () => {
    expect(unlandedOf({ commits: [one({}), one({ equal: true })], whole: 'missing' })).toHaveLength(1);
    expect(unlandedOf({ commits: [one({}), one({})], whole: 'squashed' })).toEqual([]);
  });

  it('do not count merges of the target that are left when all else has landed, but do count a commit and its revert', () => {
    expect(unlandedOf({ commits: [one({ merge: true })], whole: 'nothing' })).toEqual([]);
    expect(unlandedOf({ commits: [one({ merge: true })], whole: 'missing' })).toHaveLength(1);
    expect(unlandedOf({ commits: [one({}), one({})], whole: 'nothing' })).toHaveLength(2);
  });
});

describe('ignored files', () => {
  const prints = (entries: Record<string, string>): Map<RepoPath, string> => new Map(Object.entries(entries) as [RepoPath, string][]);

  it('are the preparation\'s own where it made them, or had made them and nobody changed them', () => {
    const own = ownPrints(prints({ mine: '1', edited: '1' }), prints({ mine: '1', edited: '2', theirs: '1' }), prints({ mine: '1', edited: '2', theirs: '1', fresh: '1' }));
    expect([...own.keys()]).toEqual(['mine', 'fresh']);
  });

  it('are kept unless they are the same as prepared, or in a folder that can be made again', () => {
    const entries = [['.env', '1'], ['local.db', '9'], ['pkg/node_modules/', '3'], ['node_modules', '4'], ['build', '5']].map(([path = '', print = '']) => ({ path: path as RepoPath, print }));
    const { keep, drop } = sortIgnored(entries, prints({ '.env': '1', 'local.db': '8' }), ['node_modules', 'build']);
    expect(keep.map((entry) => entry.path)).toEqual(['local.db', 'node_modules', 'build']);
    expect(drop.map((entry) => entry.path)).toEqual(['.env', 'pkg/node_modules/']);
  });
});
