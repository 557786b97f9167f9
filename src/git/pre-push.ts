import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Git } from './git.ts';

/** What git notes of a child that it starts and that ends (git's trace2, event format). */
interface TraceEvent {
  readonly event: string;
  /** Holds a slash in a process below the first one. */
  readonly sid: string;
  readonly child_id?: number;
  readonly hook_name?: string;
  readonly code?: number;
}

/** Runs `push`, and gives it a way to ask whether git's pre-push hook ended it: nothing was sent then. */
export async function watchingPrePush<T>(git: Git, push: (git: Git, refusedByHook: () => boolean) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'aiteam-push-'));
  const trace = join(folder, 'trace');
  try {
    return await push(git.with({ GIT_TRACE2_EVENT: trace }), () => hookFailed(readFileSync(trace, 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function hookFailed(trace: string): boolean {
  const events = trace.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as TraceEvent).filter(({ sid }) => !sid.includes('/'));
  const hook = events.find(({ event, hook_name }) => event === 'child_start' && hook_name === 'pre-push');
  return hook !== undefined && events.some(({ event, child_id, code }) => event === 'child_exit' && child_id === hook.child_id && code !== 0);
}
