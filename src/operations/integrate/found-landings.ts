import type { LandedAgent, LandingFacts } from '../../core/events.ts';
import type { AgentId, CommitId } from '../../core/ids.ts';
import { landingOf } from '../../core/ledger.ts';
import { movementsOf } from '../../core/undo.ts';
import { buildsOn } from '../../core/unlanded.ts';
import type { CleanRoom } from '../../git/clean-room.ts';
import { equalOnTarget, squashedOnTarget, type LandedBefore } from '../../git/equal-commits.ts';
import { newestForeign } from '../../git/commits.ts';
import type { Git } from '../../git/git.ts';
import { mergeTree } from '../../git/merge-tree.ts';
import { treeOf } from '../../git/objects.ts';
import { resolveCommit } from '../../git/refs.ts';
import type { Workspace } from '../workspace.ts';
import { landingId } from './land.ts';
import { mergePoint } from './merge-point.ts';
import type { RunSnapshot } from './snapshot.ts';

/** What a landing that was not ours is recorded as. */
export type FoundLanding = LandingFacts & { readonly strategy: 'found' };

/**
 * Landings that were not ours: branches whose work came to the target as other commits, squashed or rebased on a server,
 * by themselves or by way of a branch that they had landed on. Patch-ids (git-cherry(1)) say where to look; what counts is
 * that merging the branch there adds nothing, and that the target has not lost it since.
 */
export async function findLandings(workspace: Workspace, target: string, snapshot: RunSnapshot, room: CleanRoom): Promise<FoundLanding[]> {
  const { git, ledger } = workspace;
  const ahead = snapshot.agents.filter((agent) => agent.ahead > 0);
  if (ahead.length === 0 || !(await hasForeignWork(workspace, target, snapshot.targetTip))) return [];
  const found: (LandedAgent & { readonly commit: CommitId })[] = [];
  for (const { agent, branch, tip } of ahead) {
    if (tip === null || buildsOn(snapshot.graph, tip, snapshot.targetTip)) continue;
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
  const sure: LandedAgent[] = [];
  for (const landed of found) {
    // A commit of ours that was undone has been found before it was made.
    const isOurs = landingOf(ledger.landings.values(), landed.commit) !== undefined;
    if (!isOurs && await addsNothing(git, room, snapshot, landed)) sure.push(landed);
  }
  const landings: FoundLanding[] = [];
  for (const commit of new Set(sure.map((landed) => landed.commit))) {
    const old = await resolveCommit(git, `${commit}^`);
    if (old !== null) landings.push({ id: landingId(commit), target, old, new: commit, strategy: 'found', agents: sure.filter((landed) => landed.commit === commit), gates: [] });
  }
  return landings;
}

/** Whether the commit that was found holds all of the branch, and the target still does, as far as git's merge can tell. */
async function addsNothing(git: Git, room: CleanRoom, { targetTip, bases }: RunSnapshot, { agent, tip, commit }: LandedAgent): Promise<boolean> {
  const merged = async (onto: CommitId): Promise<'nothing' | 'something' | 'unclear'> => {
    const result = await mergeTree(room, await mergePoint(git, onto, bases.get(agent)), tip);
    return result.kind !== 'clean' ? 'unclear' : result.tree === await treeOf(git, onto) ? 'nothing' : 'something';
  };
  // Later work on the same lines makes the merge onto the target's tip stop; what was reverted there would come again.
  return await merged(commit) === 'nothing' && await merged(targetTip) !== 'something';
}

/** What a squash or rebase has landed of a branch; null for nothing, and where the branch has merged that since: git counts from there by itself. */
function landedBefore({ bases, landed }: RunSnapshot, agent: AgentId): LandedBefore | null {
  const basis = bases.get(agent);
  const holder = basis?.landed === undefined ? undefined : landed.get(agent)?.holders.get(basis.landed);
  return basis?.landed === undefined || holder === undefined ? null : { tip: basis.landed, holder };
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
