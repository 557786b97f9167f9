import { landingsOf, undoOf } from '../../core/undo.ts';
import type { AgentId, CommitId } from '../../core/ids.ts';
import type { Git } from '../../git/git.ts';
import type { MergePair } from '../../git/merge-batch.ts';
import { branchesContaining } from '../../git/refs.ts';
import { mergePoint } from '../integrate/merge-point.ts';
import type { RunSnapshot } from '../integrate/snapshot.ts';
import type { Workspace } from '../workspace.ts';
import type { Contender } from './contenders.ts';

/** Two sides that are merged; the first is null for the target. */
export interface Pairing {
  readonly a: Contender | null;
  readonly b: Contender;
  readonly merge: MergePair;
}

/**
 * The merges that tell who collides with whom: each agent with the target, and every two agents, `wanted` ones only. They
 * count from what has landed of a branch where the other side has that already.
 */
export async function pairings(workspace: Workspace, git: Git, snapshot: RunSnapshot, agents: readonly Contender[], wanted: (a: AgentId | null, b: AgentId) => boolean): Promise<Pairing[]> {
  const holders = await landedHolders(workspace, snapshot);
  const pairs: Pairing[] = [];
  for (const [index, b] of agents.entries()) {
    if (wanted(null, b.agent)) pairs.push({ a: null, b, merge: [await mergePoint(git, snapshot.targetTip, snapshot.bases.get(b.agent)), b.commit] });
    for (const a of agents.slice(0, index)) {
      if (!wanted(a.agent, b.agent)) continue;
      const from = (one: Contender, other: Contender): Promise<CommitId> => mergePoint(git, one.commit, holders.get(other.agent)?.has(one.branch) === true ? snapshot.bases.get(other.agent) : undefined);
      pairs.push({ a, b, merge: [await from(a, b), await from(b, a)] });
    }
  }
  return pairs;
}

/** For each agent whose merges do not count from where the histories part: the branches that hold what landed of it. */
async function landedHolders({ ledger, git, target }: Workspace, { bases }: RunSnapshot): Promise<Map<AgentId, ReadonlySet<string>>> {
  const holders = new Map<AgentId, ReadonlySet<string>>();
  for (const agent of bases.keys()) {
    const landing = landingsOf(ledger, agent, target).findLast(({ id }) => undoOf(ledger, id)?.how !== 'moved-back');
    if (landing !== undefined) holders.set(agent, new Set(await branchesContaining(git, landing.new, null)));
  }
  return holders;
}
