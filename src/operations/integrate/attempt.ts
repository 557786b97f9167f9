import { configuredCommands } from '../../core/approval.ts';
import { selectCandidates, type Selection } from '../../core/candidates.ts';
import { AiteamError, refusal } from '../../core/errors.ts';
import type { LandedAgent, Strategy } from '../../core/events.ts';
import type { AgentId, CommitId } from '../../core/ids.ts';
import { committer } from '../../git/commits.ts';
import type { Checkout } from '../../git/checkout.ts';
import type { Hold } from '../../process/interruption.ts';
import { isApproved } from '../approval.ts';
import type { Workspace } from '../workspace.ts';
import type { GateResult } from './gate.ts';
import { gatedStack } from './gated-stack.ts';
import { judgedStack, type Left, type StackPlan } from './judged-stack.ts';
import { land, landingId } from './land.ts';
import { handBackRed, landingEvents, recordConflicts, unpinConflicts } from './record.ts';
import type { Phase } from './run-note.ts';
import { takeSnapshot, type RunSnapshot } from './snapshot.ts';
import { targetCheckouts } from './target-checkouts.ts';

export interface IntegrateInput {
  readonly agents: readonly AgentId[];
  readonly dryRun: boolean;
  readonly strategy: Strategy;
  /** Add a Signed-off-by line of who integrates. */
  readonly signoff: boolean;
  /** The branch to land on; null for the configured target. */
  readonly into: string | null;
  /** Land branches too that build on landings which were undone. */
  readonly withUndone: boolean;
  /** Land what adds no failure of its own although a gate fails on the target already. */
  readonly allowRedBase: boolean;
}

export interface IntegrateResult {
  readonly target: string;
  readonly dryRun: boolean;
  readonly strategy: Strategy;
  /** Null where nothing moved. */
  readonly landing: { readonly id: string; readonly old: CommitId; readonly new: CommitId } | null;
  /** What landed, or with `dryRun` would land. */
  readonly landed: readonly LandedAgent[];
  /** Candidates that were tried and stayed out. */
  readonly leftOut: readonly Left[];
  /** Agents that were not tried. */
  readonly notTried: Selection['out'];
  /** How the gates answered on what landed; with `redBase`, and nothing landed, on the target itself. */
  readonly gates: readonly GateResult[];
  /** A gate fails on the target itself. */
  readonly redBase: boolean;
  readonly gatesConfigured: boolean;
  /** Whether the gates may run. */
  readonly gatesApproved: boolean;
}

/** The run that has the mutex. */
export interface Run extends Hold {
  readonly id: string;
  /** Says on disk how far it is. */
  readonly note: (phase: Phase) => void;
}

/** The target was not where the plan had seen it. */
export class TargetMoved extends AiteamError {
  constructor(target: string) {
    super(`${target} keeps moving while branches are landed on it`, { code: 'target-moved', hints: ['aiteam integrate'] });
  }
}

/** What would come of a run, gates aside; nothing changes. Errors: `target-missing`, `target-busy`. */
export async function predict(workspace: Workspace, input: IntegrateInput): Promise<IntegrateResult> {
  const { plan, snapshot, checkouts, common } = await planned(workspace, input);
  const { stack, leftOut } = await judgedStack(workspace, plan, snapshot, checkouts);
  return { ...common, leftOut, landing: null, landed: stack.landed, gates: [], redBase: false };
}

/** One try, from the snapshot to the landing. Errors: those of `predict`, and `TargetMoved` where all is to be planned again. */
export async function attempt(workspace: Workspace, run: Run, input: IntegrateInput): Promise<IntegrateResult> {
  const { target, plan, snapshot, checkouts, common } = await planned(workspace, input);
  run.note('gating');
  const { stack, leftOut, gates, redBase } = await gatedStack(workspace, plan, snapshot, checkouts, input.allowRedBase);
  return run.hold(async () => {
    run.note('landing');
    const moved = { target, old: snapshot.targetTip, new: stack.top };
    if (stack.landed.length > 0) {
      const passed = gates.filter((gate) => gate.verdict === 'passed').map((gate) => gate.name);
      const events = landingEvents(workspace, { ...moved, strategy: input.strategy, agents: stack.landed, gates: passed });
      if (!sameCheckouts(checkouts, await targetCheckouts(workspace, target))) throw new TargetMoved(target);
      if (!(await land(workspace, { version: 1, ...moved, checkouts, token: `${landingId(stack.top)} ${process.pid} ${run.id}`, events }))) throw new TargetMoved(target);
      await unpinConflicts(workspace, events.flatMap((event) => (event.kind === 'conflict-closed' ? [event.id] : [])));
    }
    run.note('recording');
    for (const left of leftOut) await recordLeft(workspace, target, left);
    const landing = stack.landed.length === 0 ? null : { id: landingId(stack.top), old: moved.old, new: moved.new };
    return { ...common, leftOut, landing, landed: stack.landed, gates, redBase };
  });
}

/** What both of them begin with. */
async function planned(workspace: Workspace, input: IntegrateInput): Promise<{
  target: string; plan: StackPlan; snapshot: RunSnapshot; checkouts: readonly Checkout[];
  common: Pick<IntegrateResult, 'target' | 'dryRun' | 'strategy' | 'notTried' | 'gatesConfigured' | 'gatesApproved'>;
}> {
  const target = input.into ?? workspace.target;
  const snapshot = await takeSnapshot(workspace, target, input.agents.length === 0);
  if (snapshot === null) throw refusal('target-missing', `there is no branch "${target}"`, `git branch ${target} <commit>`);
  const { candidates, out } = selectCandidates(snapshot.agents, input.agents, input.withUndone);
  const { dryRun, strategy } = input;
  const gatesApproved = isApproved(workspace, configuredCommands(workspace.config));
  const common = { target, dryRun, strategy, notTried: out, gatesConfigured: workspace.config.gates.length > 0, gatesApproved };
  const plan = { target, strategy, candidates, signoff: input.signoff ? await committer(workspace.git) : null };
  return { target, plan, snapshot, checkouts: await targetCheckouts(workspace, target), common };
}

/** Tells journal and agent why a branch stayed out. */
async function recordLeft(workspace: Workspace, target: string, { candidate, why }: Left): Promise<void> {
  // Conflicts with another branch are open conflicts only where they are judged: against the configured target.
  if (why.kind === 'conflict' && target === workspace.target) await recordConflicts(workspace, target, why.conflicts);
  if (why.kind === 'red-gate') handBackRed(workspace, candidate, why);
}

function sameCheckouts(planned: readonly Checkout[], now: readonly Checkout[]): boolean {
  return JSON.stringify(planned) === JSON.stringify(now);
}
