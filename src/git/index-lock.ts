import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AiteamError } from '../core/errors.ts';

const WAIT_MS = 1_000;
const PAUSE_MS = 20;

/** The lock by which git keeps a worktree's index for one process (gitrepository-layout(5)). */
export function indexLock(gitDir: string): string {
  return join(gitDir, 'index.lock');
}

/**
 * Takes a worktree's `index.lock`, with a token in it that marks it as ours; waits a second for an editor's `git status` to
 * be done. Errors: `index-locked` where another process holds it.
 */
export async function takeIndexLock(gitDir: string, token: string): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!tryLock(indexLock(gitDir), token, Date.now() >= deadline)) await sleep(PAUSE_MS);
}

function tryLock(lock: string, token: string, last: boolean): boolean {
  let file: number;
  try {
    file = openSync(lock, 'wx');
  } catch (error) {
    if (!last && error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new AiteamError(`another git process holds ${lock}`, {
      code: 'index-locked', cause: error, hints: ['wait until it is done and try again', `if no git process is at work there: rm ${lock}`],
    });
  }
  writeSync(file, token);
  closeSync(file);
  return true;
}

/** Whether the worktree's `index.lock` was left by the run with this token. */
export function holdsIndexLock({ gitDir }: { readonly gitDir: string }, token: string): boolean {
  try {
    return readFileSync(indexLock(gitDir), 'utf8') === token;
  } catch {
    return false;
  }
}
