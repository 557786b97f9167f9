import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentId, CommitId } from '../../src/core/ids.ts';
import { broughtBy, hiddenParents, landedAs } from '../../src/core/landed-commits.ts';
import type { Landing } from '../../src/core/ledger.ts';
import { reachable, type CommitNode } from '../../src/core/unlanded.ts';

const idOf = (index: number): CommitId => String(index).padStart(40, '0') as CommitId;

/** A target's history of landings and commits of a person, one after the other, as it would be made. */
const histories = fc.array(fc.record({ agent: fc.constantFrom(null, 'claude', 'glm'), commits: fc.integer({ min: 1, max: 3 }), how: fc.constantFrom('merge' as const, 'squash' as const, 'rebase' as const, 'ff' as const) }), { maxLength: 8 }).map((steps) => {
  const made: CommitNode[] = [];
  const landings: Landing[] = [];
  const add = (...parents: CommitId[]): CommitId => {
    made.push({ id: idOf(made.length + 1), parents, time: made.length });
    return idOf(made.length);
  };
  /** Commit → the landing that it came with. */
  const truth = new Map<CommitId, string | null>();
  let tip = idOf(0);
  for (const [index, { agent, commits, how }] of steps.entries()) {
    const old = tip;
    const own: CommitId[] = [];
    let top = tip;
    if (agent !== null) for (let count = 0; count < commits; count += 1) own.push(top = add(top));
    const on: CommitId[] = [];
    if (agent === null || how === 'rebase') for (let count = 0; count < commits; count += 1) on.push(tip = add(tip));
    else if (how === 'ff') tip = top;
    else on.push(tip = how === 'merge' ? add(tip, top) : add(tip));
    const id = agent === null ? null : `L${index}`;
    for (const commit of [...own, ...on]) truth.set(commit, id);
    if (agent !== null && id !== null) landings.push({ id, target: 'main', old, new: tip, strategy: how, agents: [{ agent: agent as AgentId, branch: agent, tip: top, commit: tip }], gates: [], at: index });
  }
  return { history: new Map(made.toReversed().map((node) => [node.id, node])), landings, truth, tip };
});

describe('the landing that brought a commit', () => {
  it('is the one that it came with, in whatever order they are known, and none for what came beside them', () => {
    fc.assert(fc.property(histories, fc.boolean(), ({ history, landings, truth }, turned) => {
      const brought = broughtBy(history, turned ? landings.toReversed() : landings);
      for (const [commit, id] of truth) expect(brought.get(commit)?.landing.id ?? null).toBe(id);
    }));
  });

  it('tells whose work what it made of a branch is', () => {
    fc.assert(fc.property(histories, ({ history, landings }) => {
      const brought = broughtBy(history, landings);
      for (const { agents: [landed], strategy, old, new: end } of landings) {
        const between = reachable(history, [end]).filter(({ id }) => !new Set(reachable(history, [old]).map((node) => node.id)).has(id));
        for (const { id } of between) expect(landedAs(id, brought.get(id))).toEqual(id === end || strategy === 'rebase' ? [landed?.agent] : []);
      }
    }));
  });
});

it('a squash leads to the branch that it was made of, and a commit that takes a landing back to what was before it', () => {
  fc.assert(fc.property(histories, ({ history, landings, tip }) => {
    const last = landings.at(-1);
    const undos = new Map(last === undefined ? [] : [['U', { id: 'U', undoes: last.id, target: 'main', old: tip, new: tip, how: 'reverted' as const, at: 99 }]]);
    const more = hiddenParents(history, new Map(landings.map((landing) => [landing.id, landing])), undos);
    for (const { strategy, new: commit, agents: [landed] } of landings) expect(more.get(commit)?.includes(landed?.tip ?? idOf(0)) === true).toBe(strategy === 'squash');
    if (last !== undefined) expect(more.get(tip)).toContain(last.old);
  }));
});
