import { withMutex } from '../state/mutex.ts';
import { doing } from './context.ts';
import type { Workspace } from './workspace.ts';

const WAIT_MS = 10 * 60_000;

/** Runs `work` while no other command of ours moves a target. Errors: `busy` after ten minutes. */
export async function asCoordinator<T>({ git, context }: Workspace, command: string, work: () => Promise<T>): Promise<T> {
  const onWait = (holder: { pid: number; command: string }): void => doing(context, `waiting for process ${holder.pid}, which runs "${holder.command}"`);
  return withMutex(git, 'coordinator', { command, waitMs: WAIT_MS, onWait }, work);
}
