import { randomBytes } from 'node:crypto';
import { selectCandidates, type Selection } from '../../core/candidates.ts';
import { AiteamError, refusal } from '../../core/errors.ts';
import type { LandedAgent, Strategy } from '../../core/events.ts';
import type { AgentId, CommitId } from '../../core/ids.ts';
import type { Checkout } from '../../git/checkout.ts';
import { withMutex } from '../../state/mutex.ts';
import { requireAgent } from '../agents.ts';
import { requireApproval } from '../approval.ts';
import { doing, type Context } from '../context.ts';
import { requireLeave } from '../leave.ts';
import { refreshViews } from '../refresh-views.ts';
import { settle } from '../settle.ts';
import { openWorkspace, refreshed, type Workspace } from '../workspace.ts';
import type { GateResult } from './gate.ts';
import { gatedStack } from './gated-stack.ts';
import { judgedStack, targetCheckouts, type Left } from './judged-stack.ts';
import { completeLanding, land, landingId } from './land.ts';
import { handBackRed, landingEvents, recordConflicts, unpinConflicts } from './record.ts';
import { takeSnapshot } from './snapshot.ts';

export interface IntegrateInput {
  readonly agents: readonly AgentId[];
  readonly dryRun: boolean;
  readonly strategy: Strategy;
  /** The branch to land on; null for the configured target. */
  readonly into: string | null;
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
}

const WAIT_FOR_ANOTHER_MS = 10 * 60_000;
const TRIES = 5;

/** Lands agents' branches on the target: snapshot, plan, stack, gate, land, record; one coordinator at a time. */
export async function integrate(context: Context, input: IntegrateInput): Promise<IntegrateResult> {
  const workspace = await settle(await openWorkspace(context));
  requireLeave(workspace, 'integrate');
  if (workspace.repo.shallow) {
    throw refusal('shallow', 'this clone is shallow: git cannot tell what has been merged already', 'git fetch --unshallow');
  }
  for (const agent of input.agents) requireAgent(workspace.ledger, agent);
  if (input.dryRun) return attempt(workspace, input);
  if (workspace.config.gates.length > 0) await requireApproval(workspace, 'the gates');
  const options = {
    command: 'aiteam integrate', waitMs: WAIT_FOR_ANOTHER_MS,
    onWait: (holder: { pid: number; command: string }) => doing(context, `waiting for process ${holder.pid}, which runs "${holder.command}"`),
  };
  const result = await withMutex(workspace.git, 'coordinator', options, async () => {
    await completeLanding(workspace);
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt(refreshed(workspace), input);
      } catch (error) {
        if (!isStale(error) || tried === TRIES) throw error;
        doing(context, `${input.into ?? workspace.target} or its checkout changed meanwhile: planning again`);
      }
    }
  });
  await refreshViews(refreshed(workspace));
  return result;
}

/** Whether what was planned does not hold any more, so that planning again can help. */
function isStale(error: unknown): boolean {
  return error instanceof TargetMoved || (error instanceof AiteamError && ['checkout-changed', 'checkout-refused'].includes(error.code));
}

function sameCheckouts(planned: readonly Checkout[], now: readonly Checkout[]): boolean {
  return JSON.stringify(planned) === JSON.stringify(now);
}

/** The target was not where the plan had seen it. */
class TargetMoved extends AiteamError {
  constructor(target: string) {
    super(`${target} keeps moving while branches are landed on it`, { code: 'target-moved', hints: ['aiteam integrate'] });
  }
}

async function attempt(workspace: Workspace, input: IntegrateInput): Promise<IntegrateResult> {
  const target = input.into ?? workspace.target;
  const snapshot = await takeSnapshot(workspace, target, input.agents.length === 0);
  if (snapshot === null) throw refusal('target-missing', `there is no branch "${target}"`, `git branch ${target} <commit>`);
  const selection = selectCandidates(snapshot.agents, input.agents);
  const checkouts = await targetCheckouts(workspace, target);
  const plan = { target, strategy: input.strategy, candidates: selection.candidates };
  const common = { target, dryRun: input.dryRun, strategy: input.strategy, notTried: selection.out, gatesConfigured: workspace.config.gates.length > 0 };
  if (input.dryRun) {
    const { stack, leftOut } = await judgedStack(workspace, plan, snapshot, checkouts);
    return { ...common, leftOut, landing: null, landed: stack.landed, gates: [], redBase: false };
  }

  const { stack, leftOut, gates, redBase } = await gatedStack(workspace, plan, snapshot, checkouts, input.allowRedBase);
  const record = async (): Promise<void> => {
    for (const { candidate, why } of leftOut) {
      // Conflicts with another branch are open conflicts only where they are judged: against the configured target, once that has landed.
      if (why.kind === 'conflict' && target === workspace.target) await recordConflicts(workspace, target, why.conflicts);
      if (why.kind === 'red-gate') handBackRed(workspace, candidate, why);
    }
  };
  if (stack.landed.length === 0) {
    await record();
    return { ...common, leftOut, landing: null, landed: [], gates, redBase };
  }

  const moved = { target, old: snapshot.targetTip, new: stack.top };
  const events = landingEvents(workspace, { ...moved, strategy: input.strategy, agents: stack.landed, gates: gates.filter((gate) => gate.verdict === 'passed').map((gate) => gate.name) });
  const id = landingId(stack.top);
  if (!sameCheckouts(checkouts, await targetCheckouts(workspace, target))) throw new TargetMoved(target);
  const done = await land(workspace, { version: 1, ...moved, checkouts, token: `${id} ${process.pid} ${randomBytes(4).toString('hex')}`, events });
  if (!done) throw new TargetMoved(target);
  await unpinConflicts(workspace, events.flatMap((event) => (event.kind === 'conflict-closed' ? [event.id] : [])));
  await record();
  return { ...common, leftOut, landing: { id, old: moved.old, new: moved.new }, landed: stack.landed, gates, redBase };
}
