import type { Candidate } from '../../core/candidates.ts';
import { refusal } from '../../core/errors.ts';
import type { ConflictFacts, Strategy } from '../../core/events.ts';
import type { AgentId, RepoPath } from '../../core/ids.ts';
import { plural, showPath } from '../../core/text.ts';
import type { Checkout } from '../../git/checkout.ts';
import { inTheWay } from '../../git/paths-in-the-way.ts';
import type { SubmoduleInTheWay } from '../../git/submodules.ts';
import { openCleanRoom } from '../../git/clean-room.ts';
import { signsCommits } from '../../git/commits.ts';
import { treeChanges } from '../../git/diff.ts';
import { doing } from '../context.ts';
import type { Workspace } from '../workspace.ts';
import type { GateResult } from './gate.ts';
import { conflictFacts } from './conflict-facts.ts';
import type { RunSnapshot } from './snapshot.ts';
import { buildStack, type Stack, type StackInput } from './stack.ts';

/** Why a candidate that was tried is not on the target. */
export type LeftOut =
  | { readonly kind: 'conflict'; readonly conflicts: readonly ConflictFacts[] }
  | { readonly kind: 'in-the-way'; readonly paths: readonly RepoPath[] }
  | { readonly kind: 'submodule'; readonly submodules: readonly SubmoduleInTheWay[] }
  | { readonly kind: 'views-touched'; readonly paths: readonly RepoPath[] }
  | { readonly kind: 'red-gate'; readonly gate: GateResult; readonly partner: AgentId | null }
  | { readonly kind: 'unrelated' }
  | { readonly kind: 'not-fast-forward' };

/** A candidate that was tried and stayed out. */
export interface Left {
  readonly candidate: Candidate;
  readonly why: LeftOut;
}

/** What is to be stacked, in which order and how. */
export interface StackPlan {
  readonly target: string;
  readonly strategy: Strategy;
  /** Name and address for a Signed-off-by line in what is landed, or null. */
  readonly signoff: string | null;
  readonly candidates: readonly Candidate[];
}

export interface JudgedStack {
  readonly stack: Stack;
  readonly leftOut: readonly Left[];
  /** What the stack was made of. */
  readonly input: StackInput;
}

/** The stack without the branches that would touch what must not be touched, each named with its paths. */
export async function judgedStack(workspace: Workspace, plan: StackPlan, snapshot: RunSnapshot, checkouts: readonly Checkout[]): Promise<JudgedStack> {
  const { target, strategy } = plan;
  const { git } = workspace;
  const [room, sign] = await Promise.all([openCleanRoom(workspace.repo, workspace.layout.cleanRoom, snapshot.targetTip), signsCommits(git)]);
  const leftOut: Left[] = [];
  for (let candidates = plan.candidates; ;) {
    if (candidates.length > 0) doing(workspace.context, `merging ${plural(candidates.length, 'branch', 'branches')} onto ${target} in memory`);
    const input = { workspace, room, target, base: snapshot.targetTip, candidates, strategy, bases: snapshot.bases, sign, signoff: plan.signoff };
    const stack = await buildStack(input);
    const blocked = await blockedCandidates(workspace, stack, checkouts);
    if (blocked.size === 0) {
      for (const merge of stack.conflicted) {
        leftOut.push({ candidate: merge.candidate, why: { kind: 'conflict', conflicts: await conflictFacts(git, merge, { ledger: workspace.ledger, stacked: stack.landed }) } });
      }
      leftOut.push(...stack.unrelated.map((candidate) => ({ candidate, why: { kind: 'unrelated' } as const })));
      leftOut.push(...stack.notFastForward.map((candidate) => ({ candidate, why: { kind: 'not-fast-forward' } as const })));
      return { stack, leftOut, input };
    }
    for (const candidate of candidates) {
      const why = blocked.get(candidate.agent);
      if (why !== undefined) leftOut.push({ candidate, why });
    }
    candidates = candidates.filter((candidate) => !blocked.has(candidate.agent));
  }
}

/** The stacked branches that touch a path the target's user has changed, or our own folder of views. */
async function blockedCandidates(workspace: Workspace, stack: Stack, checkouts: readonly Checkout[]): Promise<Map<AgentId, LeftOut>> {
  const { git } = workspace;
  const blocked = new Map<AgentId, LeftOut>();
  if (stack.landed.length === 0) return blocked;
  const changes = await treeChanges(git, stack.base, stack.top);
  const views = new Set(changes.map((change) => change.path).filter((path) => /^\.ai-coordinator(\/|$)/.test(path)));
  const found = await Promise.all(checkouts.map((checkout) => inTheWay(git, checkout, changes)));
  const changed = new Set(found.flatMap(({ paths }) => paths));
  const submodules = found.flatMap((one) => one.submodules);
  if (views.size === 0 && changed.size === 0 && submodules.length === 0) return blocked;
  let below = stack.base;
  for (const landed of stack.landed) {
    const own = (await treeChanges(git, below, landed.commit)).map((change) => change.path);
    below = landed.commit;
    const touchedViews = own.filter((path) => views.has(path));
    const touched = own.filter((path) => changed.has(path));
    const stuck = submodules.filter(({ path }) => own.includes(path));
    if (touchedViews.length > 0) blocked.set(landed.agent, { kind: 'views-touched', paths: touchedViews });
    else if (touched.length > 0) blocked.set(landed.agent, { kind: 'in-the-way', paths: touched });
    else if (stuck.length > 0) blocked.set(landed.agent, { kind: 'submodule', submodules: stuck });
  }
  if (blocked.size === 0) {
    const paths = [...views, ...changed, ...submodules.map(({ path }) => path)].map(showPath).join(', ');
    throw refusal('checkout-in-the-way', `landing would touch paths that are changed in the checkout, and no single branch can be named for them: ${paths}`, 'commit or move those files, then: aiteam integrate');
  }
  return blocked;
}
