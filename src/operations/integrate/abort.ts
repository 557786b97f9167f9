import { askToEnd } from '../../process/ask-to-end.ts';
import { mutexHolder, withMutex } from '../../state/mutex.ts';
import { isDead, isOfHere } from '../../state/owner.ts';
import { refusal } from '../../core/errors.ts';
import { doing, type Context } from '../context.ts';
import { requireLeave } from '../leave.ts';
import { refreshViews } from '../refresh-views.ts';
import { openWorkspace } from '../open-workspace.ts';
import { refreshed } from '../workspace.ts';
import { abortLanding, type AbortedLanding } from './abort-landing.ts';
import { endLeftGate } from './left-gate.ts';
import { forgetRun, readRun } from './run-note.ts';

export interface AbortResult {
  /** The run that was ended, or that had been killed; null where there was none. */
  readonly run: { readonly id: string | null; readonly pid: number | null; readonly wasAlive: boolean } | null;
  readonly landing: AbortedLanding;
}

const END_WAIT_MS = 60_000;

/**
 * Ends the integrate that is at work, or clears up after one that was killed: nothing of it lands unless it has landed
 * already. Errors: `busy` where it runs on another machine or does not end.
 */
export async function abortIntegrate(context: Context): Promise<AbortResult> {
  const workspace = await openWorkspace(context, 'leave');
  requireLeave(workspace, 'integrate');
  const holder = await mutexHolder(workspace.git, 'coordinator');
  const note = readRun(workspace.layout);
  const alive = holder !== null && !isDead(holder);
  if (alive) {
    if (!isOfHere(holder)) throw refusal('busy', `process ${holder.pid} on ${holder.host} runs "${holder.command}": it cannot be ended from here`, `on ${holder.host}: aiteam integrate --abort`);
    doing(context, `asking process ${holder.pid} to end`);
    askToEnd(holder.pid);
  }
  const landing = await withMutex(workspace.git, 'coordinator', { command: 'aiteam integrate --abort', waitMs: END_WAIT_MS }, async () => {
    endLeftGate(workspace.layout);
    const outcome = await abortLanding(workspace);
    forgetRun(workspace.layout);
    return outcome;
  });
  await refreshViews(refreshed(workspace));
  if (!alive && note === null && landing === 'nothing') return { run: null, landing };
  return { run: { id: note?.id ?? null, pid: note?.owner.pid ?? holder?.pid ?? null, wasAlive: alive }, landing };
}
