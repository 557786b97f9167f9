import type { Candidate } from '../../core/candidates.ts';
import { refusal } from '../../core/errors.ts';
import type { ConflictFacts, Strategy } from '../../core/events.ts';
import type { AgentId, RepoPath } from '../../core/ids.ts';
import { plural, showPath } from '../../core/text.ts';
import type { Checkout } from '../../git/worktrees.ts';
import { inTheWay, lookAt, type Look } from '../../git/paths-in-the-way.ts';
import type { SubmoduleInTheWay } from '../../git/submodules.ts';
import type { CleanRoom } from '../../git/clean-room.ts';
import { treeChanges } from '../../git/diff.ts';
import type { DriverUse } from '../../git/merge-drivers.ts';
import type { Signature } from '../../git/signature.ts';
import { doing } from '../context.ts';
import type { Workspace } from '../workspace.ts';
import type { GateResult } from './gate.ts';
import { conflictFacts } from './conflict-facts.ts';
import type { RunSnapshot } from './snapshot.ts';
import { lockedOut, type BrokenLock } from './locked-paths.ts';
import { buildStack, type Stack } from './stack.ts';
import type { StackInput } from './stack-input.ts';
import type { Loss } from './lost-lines.ts';
import type { MarkerPlace } from './unsettled-markers.ts';
import { unwelcomeIn, type Unwelcome } from './unwelcome.ts';

/** Why a candidate that was tried is not on the target. */
export type LeftOut =
  /** `settled`: the ids of those that a recorded resolution would settle. */
  | { readonly kind: 'conflict'; readonly conflicts: readonly ConflictFacts[]; readonly settled: readonly string[] }
  | { readonly kind: 'in-the-way'; readonly paths: readonly RepoPath[] }
  | { readonly kind: 'submodule'; readonly submodules: readonly SubmoduleInTheWay[] }
  | { readonly kind: 'unsettled-markers'; readonly places: readonly MarkerPlace[] }
  /** Settling a conflict has dropped lines of the target beside it. */
  | { readonly kind: 'loss'; readonly losses: readonly Loss[] }
  | { readonly kind: 'locked'; readonly broken: readonly BrokenLock[] }
  | { readonly kind: 'red-gate'; readonly gate: GateResult; readonly partner: AgentId | null }
  | Unwelcome
  | { readonly kind: 'needs-driver'; readonly uses: readonly DriverUse[] }
  | { readonly kind: 'unrelated' }
  | { readonly kind: 'not-fast-forward' };

/** A candidate that was tried and stayed out. */
export interface Left {
  readonly candidate: Candidate;
  readonly why: LeftOut;
}

/** What is to be stacked, in which order and how. */
export interface StackPlan {
  /** With the attributes of the target's tip. */
  readonly room: CleanRoom;
  readonly target: string;
  readonly strategy: Strategy;
  /** In whose name it lands. */
  readonly signature: Signature;
  /** Whether what lands is signed with the user's key. */
  readonly sign: boolean;
  /** Name and address for a Signed-off-by line in what is landed, or null. */
  readonly signoff: string | null;
  readonly candidates: readonly Candidate[];
  /** Whether branches that have no commit in common with the target are merged too. */
  readonly allowUnrelated: boolean;
}

export interface JudgedStack {
  readonly stack: Stack;
  readonly leftOut: readonly Left[];
  /** What the stack was made of. */
  readonly input: StackInput;
}

/** The stack without the branches that would touch what must not be touched, each named with its paths. */
export async function judgedStack(workspace: Workspace, plan: StackPlan, snapshot: RunSnapshot, checkouts: readonly Checkout[]): Promise<JudgedStack> {
  const { room, target, strategy, allowUnrelated, sign } = plan;
  const { git } = workspace;
  const leftOut: Left[] = [];
  for (let candidates = plan.candidates; ;) {
    if (candidates.length > 0) doing(workspace.context, `merging ${plural(candidates.length, 'branch', 'branches')} onto ${target} in memory`);
    const input = { workspace, room, target, base: snapshot.targetTip, candidates, strategy, bases: snapshot.bases, sign, signature: plan.signature, signoff: plan.signoff, allowUnrelated };
    const [stack, looks] = await Promise.all([buildStack(input), Promise.all(candidates.length === 0 ? [] : checkouts.map((checkout) => lookAt(git, checkout)))]);
    const blocked = await blockedCandidates(workspace, stack, looks);
    if (blocked.size === 0) {
      for (const merge of stack.conflicted) {
        const conflicts = await conflictFacts(git, merge, { target, ledger: workspace.ledger, stacked: stack.landed });
        leftOut.push({ candidate: merge.candidate, why: { kind: 'conflict', conflicts, settled: [...new Set(merge.settled.map(({ id }) => id))] } });
      }
      leftOut.push(...stack.needsDriver.map(({ candidate, uses }) => ({ candidate, why: { kind: 'needs-driver', uses } as const })));
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

/** The stacked branches that bring what is unwelcome anywhere, or touch a path that another has locked or the target's user has changed. */
async function blockedCandidates(workspace: Workspace, stack: Stack, looks: readonly Look[]): Promise<Map<AgentId, LeftOut>> {
  const { git } = workspace;
  const blocked = new Map<AgentId, LeftOut>();
  if (stack.landed.length === 0) return blocked;
  const [locked, changes] = await Promise.all([lockedOut(workspace, stack), treeChanges(git, stack.base, stack.top)]);
  if (locked.size > 0) return new Map([...locked].map(([agent, broken]) => [agent, { kind: 'locked', broken }]));
  const unwelcome = await unwelcomeIn(git, stack.base, stack.top, changes);
  const found = await Promise.all(looks.map((look) => inTheWay(git, look, changes)));
  const changed = new Set(found.flatMap(({ paths }) => paths));
  const submodules = found.flatMap((one) => one.submodules);
  if (unwelcome === null && changed.size === 0 && submodules.length === 0) return blocked;
  let below = stack.base;
  for (const landed of stack.landed) {
    const own = await treeChanges(git, below, landed.commit);
    const why = unwelcome === null ? null : await unwelcomeIn(git, below, landed.commit, own);
    below = landed.commit;
    const paths = new Set<string>(own.map((change) => change.path));
    const touched = [...changed].filter((path) => paths.has(path));
    const stuck = submodules.filter(({ path }) => paths.has(path));
    if (why !== null) blocked.set(landed.agent, why);
    else if (touched.length > 0) blocked.set(landed.agent, { kind: 'in-the-way', paths: touched });
    else if (stuck.length > 0) blocked.set(landed.agent, { kind: 'submodule', submodules: stuck });
  }
  if (blocked.size === 0 && changed.size + submodules.length > 0) {
    const paths = [...changed, ...submodules.map(({ path }) => path)].map(showPath).join(', ');
    throw refusal('checkout-in-the-way', `landing would touch paths that are changed in the checkout, and no single branch can be named for them: ${paths}`, 'commit or move those files, then: aiteam integrate');
  }
  return blocked;
}
