import { setTimeout as sleep } from 'node:timers/promises';
import { isAtWork } from '../process/at-work.ts';
import { doing, type Context } from './context.ts';

const WAIT_MS = 60_000;
const PAUSE_MS = 50;

/**
 * Waits for the git that a killed command of ours has left running, a minute at most: what it still writes would meet what
 * recovery writes. Each call is known by arguments that it has among others.
 */
export async function leftGitToEnd(context: Context, ...calls: readonly (readonly string[])[]): Promise<void> {
  const isLeft = (): boolean => calls.some((args) => isAtWork(...args));
  for (let waited = 0; waited < WAIT_MS && isLeft(); waited += PAUSE_MS) {
    if (waited === 0) doing(context, 'waiting for the git that a killed command has left at work');
    await sleep(PAUSE_MS);
  }
}

/** The calls by which a branch and its checkouts move. */
export function callsOfMove({ old, new: to, token }: { readonly old: string; readonly new: string; readonly token: string }): string[][] {
  return [['read-tree', old, to], ['update-ref', `aiteam: ${token}`]];
}
