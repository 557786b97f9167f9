import type { AgentSnapshot } from '../../core/candidates.ts';
import { branchRef, type AgentId, type CommitId } from '../../core/ids.ts';
import { isReady, landedTips, presentAgents, type AgentRecord } from '../../core/ledger.ts';
import { unlandedCommits, type CommitNode } from '../../core/unlanded.ts';
import { commitsBetween } from '../../git/commits.ts';
import { listRefs } from '../../git/refs.ts';
import { changedPaths, operationUnderWay } from '../../git/worktree-state.ts';
import { worktreeOf } from '../agents.ts';
import type { Workspace } from '../workspace.ts';

/** What a run starts from: ids that no later commit changes. */
export interface RunSnapshot {
  readonly targetTip: CommitId;
  readonly agents: readonly AgentSnapshot[];
  /** Every commit that an agent has and the target has not. */
  readonly graph: ReadonlyMap<CommitId, CommitNode>;
}

/** Reads the target's tip and every agent's branch and worktree. `look` says whether uncommitted changes are counted. */
export async function takeSnapshot(workspace: Workspace, target: string, look: boolean): Promise<RunSnapshot | null> {
  const agents = presentAgents(workspace.ledger);
  const refs = new Map((await listRefs(workspace.git, branchRef(target), ...agents.map((agent) => branchRef(agent.branch)))).map((ref) => [ref.name, ref.id]));
  const targetTip = refs.get(branchRef(target));
  if (targetTip === undefined) return null;
  const tips = agents.map((agent) => refs.get(branchRef(agent.branch)) ?? null);
  const known = tips.filter((tip) => tip !== null);
  const graph = new Map((await commitsBetween(workspace.git, known, [targetTip])).map((node) => [node.id, node]));
  const snapshots = await Promise.all(agents.map((agent, index) => agentSnapshot(workspace, target, agent, tips[index] ?? null, graph, look)));
  return { targetTip, agents: snapshots, graph };
}

async function agentSnapshot(
  workspace: Workspace, target: string, agent: AgentRecord, tip: CommitId | null, graph: ReadonlyMap<CommitId, CommitNode>, look: boolean,
): Promise<AgentSnapshot> {
  const unlanded = tip === null ? [] : unlandedCommits(graph, tip, landedTipsOf(workspace, agent.agent, target));
  const worktree = worktreeOf(workspace, agent);
  const there = worktree !== undefined && !worktree.prunable;
  const underWay = there && worktree.gitDir !== null ? operationUnderWay(worktree.gitDir) : null;
  const onBranch = there && worktree.branch === agent.branch;
  return {
    agent: agent.agent,
    branch: agent.branch,
    tip,
    ahead: unlanded.length,
    firstCommitTime: Math.min(...unlanded.map((node) => node.time)),
    ready: tip !== null && isReady(workspace.ledger, agent, tip),
    worktree: !there ? 'missing' : onBranch ? 'on-branch' : worktree.branch === null ? 'detached' : { onBranch: worktree.branch },
    underWay,
    changedFiles: look && onBranch && unlanded.length > 0 ? (await changedPaths(workspace.git, worktree.path, false)).length : null,
  };
}

/** The tips that earlier landings took of this agent, whatever commit they became on the target. */
export function landedTipsOf(workspace: Workspace, agent: AgentId, target: string): CommitId[] {
  return landedTips(workspace.ledger, agent, target).map((landed) => landed.tip);
}
