import { randomBytes } from 'node:crypto';
import { AiteamError, refusal } from '../../core/errors.ts';
import { failpoint } from '../../process/failpoint.ts';
import { interruptible } from '../../process/interruption.ts';
import { requireAgent } from '../agents.ts';
import { requireApproval } from '../approval.ts';
import { doing, type Context } from '../context.ts';
import { asCoordinator } from '../coordinator.ts';
import { requireLeave } from '../leave.ts';
import { refreshViews } from '../refresh-views.ts';
import { settle } from '../settle.ts';
import { openWorkspace } from '../open-workspace.ts';
import { refreshed } from '../workspace.ts';
import { attempt, predict, TargetMoved, type IntegrateInput, type IntegrateResult, type Run } from './attempt.ts';
import { completeLanding } from './complete-landing.ts';
import { requireInto } from './into.ts';
import { forgetRun, noteRun, type Phase } from './run-note.ts';

const TRIES = 5;

/** Lands agents' branches on the target: snapshot, plan, stack, gate, land, record; one coordinator at a time. */
export async function integrate(context: Context, given: IntegrateInput): Promise<IntegrateResult> {
  const workspace = await settle(await openWorkspace(context));
  requireLeave(workspace, 'integrate');
  if (workspace.repo.shallow) {
    throw refusal('shallow', 'this clone is shallow: git cannot tell what has been merged already', 'git fetch --unshallow');
  }
  const input = given.into === null ? given : { ...given, into: await requireInto(workspace, given.into) };
  for (const agent of input.agents) requireAgent(workspace.ledger, agent);
  if (input.dryRun) return predict(workspace, input);
  if (workspace.config.gates.length > 0) await requireApproval(workspace, 'the gates');
  const id = randomBytes(4).toString('hex');
  const note = (phase: Phase): void => noteRun(workspace.layout, { id, target: input.into ?? workspace.target }, phase);
  const result = await asCoordinator(workspace, 'aiteam integrate', async () => {
    try {
      return await interruptible('this integrate', async (signals) => {
        note('planning');
        failpoint('run-noted');
        await signals.holdFor(() => completeLanding(workspace));
        return untilItHolds(context, { id, note, ...signals }, (run) => attempt(refreshed(workspace), run, input));
      });
    } finally {
      forgetRun(workspace.layout);
    }
  });
  await refreshViews(refreshed(workspace), result.landing !== null);
  return result;
}

/** Plans again where the target or its checkout changed meanwhile, a few times. */
async function untilItHolds<T>(context: Context, run: Run, work: (run: Run) => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work(run);
    } catch (error) {
      if (!isStale(error) || tried === TRIES) throw error;
      doing(context, 'the target or its checkout changed meanwhile: planning again');
      run.note('planning');
    }
  }
}

/** Whether what was planned does not hold any more, so that planning again can help. */
function isStale(error: unknown): boolean {
  return error instanceof TargetMoved || (error instanceof AiteamError && ['checkout-changed', 'checkout-refused'].includes(error.code));
}
