import type { Event, LandedAgent } from '../../core/events.ts';
import type { AgentId, CommitId } from '../../core/ids.ts';
import { movementsOf } from '../../core/undo.ts';
import { equalOnTarget, squashedOnTarget, type LandedBefore } from '../../git/equal-commits.ts';
import { newestForeign } from '../../git/commits.ts';
import { branchesContaining, resolveCommit } from '../../git/refs.ts';
import type { Workspace } from '../workspace.ts';
import { landingId } from './land.ts';
import type { RunSnapshot } from './snapshot.ts';

/**
 * Landings that were not ours: branches whose work came to the target as other commits, squashed or rebased on a server,
 * by themselves or by way of a branch that they had landed on. They are told by patch-id (git-cherry(1)).
 */
export async function findLandings(workspace: Workspace, target: string, snapshot: RunSnapshot): Promise<Event[]> {
  const { git, ledger } = workspace;
  const ahead = snapshot.agents.filter((agent) => agent.ahead > 0);
  if (ahead.length === 0 || !(await hasForeignWork(workspace, target, snapshot.targetTip))) return [];
  const upToDate = new Set(await branchesContaining(git, snapshot.targetTip, null));
  const found: (LandedAgent & { readonly commit: CommitId })[] = [];
  for (const { agent, branch, tip } of ahead) {
    if (tip === null || upToDate.has(branch)) continue;
    const before = landedBefore(snapshot, agent);
    const commit = await equalOnTarget(git, snapshot.targetTip, tip, before) ?? await squashedOnTarget(git, snapshot.targetTip, tip, before);
    if (commit !== null) found.push({ agent, branch, tip, commit });
  }
  const open = new Set(ahead.map(({ agent }) => agent));
  for (const other of otherTargets(workspace, target)) {
    const commit = await squashedOnTarget(git, snapshot.targetTip, other.tip, null);
    if (commit === null) continue;
    for (const landed of other.landed) if (open.has(landed.agent) && found.every(({ agent }) => agent !== landed.agent)) found.push({ ...landed, commit });
  }
  const events: Event[] = [];
  for (const commit of new Set(found.map((landed) => landed.commit))) {
    const old = await resolveCommit(git, `${commit}^`);
    const id = landingId(commit);
    if (old !== null && !ledger.landings.has(id)) events.push({ kind: 'landing', id, target, old, new: commit, strategy: 'found', agents: found.filter((landed) => landed.commit === commit), gates: [] });
  }
  return events;
}

/** What a squash or rebase has landed of a branch; null for nothing, and where the branch has merged that since: git counts from there by itself. */
function landedBefore({ bases, landed }: RunSnapshot, agent: AgentId): LandedBefore | null {
  const basis = bases.get(agent);
  const holder = basis?.landed === undefined ? undefined : landed.get(agent)?.holders.get(basis.landed);
  return basis?.landed === undefined || holder === undefined || basis.hasLanded ? null : { tip: basis.landed, holder };
}

/** Whether the target has a commit since the newest landing that no landing made. */
async function hasForeignWork({ git, ledger }: Workspace, target: string, tip: CommitId): Promise<boolean> {
  const newest = movementsOf(ledger, target).at(-1);
  return newest === undefined || (await newestForeign(git, tip, newest.new)) !== null;
}

/** The other branches that something has landed on, each with where the newest landing left it and the tips that it took. */
function otherTargets({ ledger }: Workspace, target: string): { tip: CommitId; landed: LandedAgent[] }[] {
  const landings = [...ledger.landings.values()].filter((landing) => landing.target !== target).sort((a, b) => a.at - b.at);
  return [...new Set(landings.map((landing) => landing.target))].map((name) => {
    const own = landings.filter((landing) => landing.target === name);
    const landed = new Map(own.flatMap(({ agents }) => agents.map((entry) => [entry.agent, entry] as const)));
    return { tip: own.at(-1)?.new as CommitId, landed: [...landed.values()] };
  });
}
