import type { AgentSnapshot } from '../../core/candidates.ts';
import { branchRef, type AgentId, type CommitId } from '../../core/ids.ts';
import type { LandedAgent } from '../../core/events.ts';
import { isReady, presentAgents, type AgentRecord, type Landing } from '../../core/ledger.ts';
import { isItself, landedState, landingsOf, undoneLandings, undoOf, type LandedState } from '../../core/undo.ts';
import { landedBeneath, unlandedCommits, type CommitNode } from '../../core/unlanded.ts';
import { existingCommits } from '../../git/objects.ts';
import { commitsBetween, isAncestor } from '../../git/commits.ts';
import type { Git } from '../../git/git.ts';
import { branchesContaining, listRefs, remotesContaining } from '../../git/refs.ts';
import { changedPaths, operationUnderWay } from '../../git/worktree-state.ts';
import { worktreeOf } from '../agents.ts';
import type { Workspace } from '../workspace.ts';
import type { MergeBasis } from './merge-point.ts';

/** What a run starts from: ids that no later commit changes. */
export interface RunSnapshot {
  readonly targetTip: CommitId;
  readonly agents: readonly AgentSnapshot[];
  /** Every commit that an agent has and the target has not, or has only taken back. */
  readonly graph: ReadonlyMap<CommitId, CommitNode>;
  /** What of each agent's branch counts as landed. */
  readonly landed: ReadonlyMap<AgentId, LandedState>;
  /** From where a merge of the branch counts, where that is not where its history left the target's. */
  readonly bases: ReadonlyMap<AgentId, MergeBasis>;
}

/**
 * Reads the target's tip and every agent's branch and worktree, without looking for uncommitted changes there; `at` takes
 * the place of the tip, where a remote's is meant.
 */
export async function takeSnapshot(workspace: Workspace, target: string, at: CommitId | null = null): Promise<RunSnapshot | null> {
  const { git, ledger } = workspace;
  const agents = presentAgents(ledger);
  const refs = new Map((await listRefs(git, branchRef(target), ...agents.map((agent) => branchRef(agent.branch)))).map((ref) => [ref.name, ref.id]));
  const targetTip = at ?? refs.get(branchRef(target));
  if (targetTip === undefined) return null;
  const tips = new Map(agents.map((agent) => [agent.agent, refs.get(branchRef(agent.branch)) ?? null]));
  const known = [...tips.values()].filter((tip) => tip !== null);
  const landings = agents.flatMap(({ agent }) => landingsOf(ledger, agent, target).flatMap((landing) => landing.agents.filter((entry) => entry.agent === agent)));
  // A landing that the target has lost is among what it lacks.
  const nodes = await commitsBetween(git, [...known, ...landings.map(({ commit }) => commit)], [targetTip]);
  const missing = new Set(nodes.map((node) => node.id));
  // What only a squash or rebase has brought there is told by its commit, which git may have thrown away since.
  const existing = await existingCommits(git, landings.filter(({ tip }) => missing.has(tip)).map(({ commit }) => commit));
  const isOnTarget = ({ tip, commit }: LandedAgent): boolean => (missing.has(tip) ? existing.has(commit) : true) && !missing.has(commit);
  const landed = new Map<AgentId, LandedState>();
  for (const { agent } of agents) {
    const tip = tips.get(agent) ?? null;
    const state = landedState(ledger, agent, target, isOnTarget);
    const reverted = tip === null ? [] : await stillReverted(workspace, agent, tip, state.reverted);
    landed.set(agent, { ...state, reverted });
    if (tip !== null && reverted[0] !== undefined) nodes.push(...await commitsBetween(git, [tip], [reverted[0].old]));
  }
  const there = new Map<AgentId, string | null>();
  for (const { agent } of agents) there.set(agent, await landedThere(workspace, agent, target, missing));
  const graph = new Map(nodes.map((node) => [node.id, node]));
  const held = await heldBranches(workspace, target);
  const snapshots = agents.map((agent) => agentSnapshot(workspace, agent, {
    target, tip: tips.get(agent.agent) ?? null, graph, landed: landed.get(agent.agent)?.tips ?? [], held: held.get(agent.branch) ?? [], landedThere: there.get(agent.agent) ?? null,
  }));
  return { targetTip, agents: snapshots, graph, landed, bases: await basesOf(workspace, snapshots, graph, landed) };
}

/** How many tracked files each worktree has changed whose agent has something to land. */
export async function countChangedFiles({ git, ledger }: Workspace, agents: readonly AgentSnapshot[]): Promise<Map<AgentId, number>> {
  const looked = agents.filter(({ worktree, ahead }) => worktree === 'on-branch' && ahead > 0).flatMap(({ agent }) => ledger.agents.get(agent) ?? []);
  return new Map(await Promise.all(looked.map(async ({ agent, worktree }) => [agent, (await changedPaths(git, worktree, false)).length] as const)));
}

/** The landings that were taken back and that the branch still builds on, without the commit that takes them back. */
async function stillReverted({ git, ledger }: Workspace, agent: AgentId, tip: CommitId, reverted: readonly Landing[]): Promise<Landing[]> {
  const still: Landing[] = [];
  for (const landing of reverted) {
    const taken = landing.agents.find((landed) => landed.agent === agent)?.tip;
    const undo = undoOf(ledger, landing.id)?.new;
    if (taken !== undefined && await isAncestor(git, taken, tip) && (undo === undefined || !(await isAncestor(git, undo, tip)))) still.push(landing);
  }
  return still;
}

async function basesOf({ git }: Workspace, agents: readonly AgentSnapshot[], graph: RunSnapshot['graph'], landed: RunSnapshot['landed']): Promise<Map<AgentId, MergeBasis>> {
  const bases = new Map<AgentId, MergeBasis>();
  for (const { agent, tip } of agents) {
    const basis = tip === null ? undefined : await mergeBasis(git, { graph, landed }, agent, tip);
    if (basis !== undefined) bases.set(agent, basis);
  }
  return bases;
}

/** From where a merge of this commit of the agent's branch counts, where that is not where its history left the target's. */
export async function mergeBasis(git: Git, { graph, landed }: Pick<RunSnapshot, 'graph' | 'landed'>, agent: AgentId, tip: CommitId): Promise<MergeBasis | undefined> {
  const state = landed.get(agent);
  if (state === undefined) return undefined;
  const before = landedBeneath(graph, tip, state.tips);
  const holder = before === undefined ? undefined : state.holders.get(before);
  const countsByItself = holder !== undefined && await isAncestor(git, holder, tip);
  const basis = { landed: countsByItself ? undefined : before, reverted: state.reverted[0]?.old };
  return basis.landed !== undefined || basis.reverted !== undefined ? basis : undefined;
}

/** Branch → the landings that it builds on and that were taken back: landing it would bring their work along, or miss it. */
async function heldBranches({ git, ledger }: Workspace, target: string): Promise<Map<string, string[]>> {
  const held = new Map<string, string[]>();
  for (const { landing, undo } of undoneLandings(ledger, target)) {
    // A branch that has the commit which takes it back has been synced since.
    const synced = undo.how === 'reverted' ? undo.new : null;
    for (const branch of await branchesContaining(git, landing.new, synced)) if (branch !== target && !isItself(landing, branch)) held.set(branch, [...(held.get(branch) ?? []), landing.id]);
  }
  return held;
}

/** The remote-tracking branch of the target that holds an agent's newest landing, where the target here lacks it. */
async function landedThere({ git, ledger }: Workspace, agent: AgentId, target: string, missing: ReadonlySet<CommitId>): Promise<string | null> {
  const last = landingsOf(ledger, agent, target).at(-1);
  const commit = last?.agents.find((landed) => landed.agent === agent)?.commit;
  if (last === undefined || commit === undefined || !missing.has(commit) || undoOf(ledger, last.id) !== undefined) return null;
  return (await remotesContaining(git, commit)).find((name) => name.endsWith(`/${target}`)) ?? null;
}

function undoneAs({ ledger }: Workspace, agent: AgentId, target: string, tip: CommitId): string | null {
  const last = landingsOf(ledger, agent, target).at(-1);
  // It may have been brought up to date with its own landing.
  const taken = last?.agents.some((landed) => landed.agent === agent && [landed.tip, landed.commit, last.new].includes(tip)) === true;
  return last !== undefined && taken && undoOf(ledger, last.id) !== undefined ? last.id : null;
}

interface Seen {
  readonly target: string;
  readonly tip: CommitId | null;
  readonly graph: RunSnapshot['graph'];
  readonly landed: readonly CommitId[];
  readonly held: readonly string[];
  readonly landedThere: string | null;
}

function agentSnapshot(workspace: Workspace, agent: AgentRecord, { target, tip, graph, landed, held, landedThere }: Seen): AgentSnapshot {
  const unlanded = tip === null ? [] : unlandedCommits(graph, tip, landed);
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
    onUndone: held,
    landedThere,
    undoneAs: tip === null ? null : undoneAs(workspace, agent.agent, target, tip),
  };
}
