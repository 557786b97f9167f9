import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AiteamError } from '../core/errors.ts';

/** The lock by which git keeps a worktree's index for one process (gitrepository-layout(5)). */
export function indexLock(gitDir: string): string {
  return join(gitDir, 'index.lock');
}

/** Takes a worktree's `index.lock`, with a token in it that marks it as ours. Errors: `index-locked` where another process holds it. */
export function takeIndexLock(gitDir: string, token: string): void {
  const lock = indexLock(gitDir);
  let file: number;
  try {
    file = openSync(lock, 'wx');
  } catch (error) {
    throw new AiteamError(`another git process holds ${lock}`, {
      code: 'index-locked', cause: error, hints: ['wait until it is done and try again', `if no git process is at work there: rm ${lock}`],
    });
  }
  writeSync(file, token);
  closeSync(file);
}

/** Whether the worktree's `index.lock` was left by the run with this token. */
export function holdsIndexLock({ gitDir }: { readonly gitDir: string }, token: string): boolean {
  try {
    return readFileSync(indexLock(gitDir), 'utf8') === token;
  } catch {
    return false;
  }
}
