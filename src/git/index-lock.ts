import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AiteamError } from '../core/errors.ts';
import { failpoint } from '../process/failpoint.ts';
import { errorCode } from '../process/run.ts';

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

/** With the token in it from the first instant: an empty one, left by a kill or a full disk, would be nobody's. */
function tryLock(lock: string, token: string, last: boolean): boolean {
  const written = `${lock}.aiteam-${process.pid}`;
  try {
    writeFileSync(written, token);
    failpoint('index-lock-written');
    linkOrWrite(written, lock, token);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if (!last) return false;
    throw new AiteamError(`another git process holds ${lock}`, {
      code: 'index-locked', cause: error, hints: ['wait until it is done and try again', `if no git process is at work there: rm ${lock}`],
    });
  } finally {
    rmSync(written, { force: true });
  }
}

/** Some file systems have no hard links (exFAT): there the file is made first and filled then. */
function linkOrWrite(written: string, lock: string, token: string): void {
  try {
    linkSync(written, lock);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(error))) throw error;
    writeFileSync(lock, token, { flag: 'wx' });
  }
}

/** Whether the worktree's `index.lock` was left by the run with this token. */
export function holdsIndexLock({ gitDir }: { readonly gitDir: string }, token: string): boolean {
  try {
    return readFileSync(indexLock(gitDir), 'utf8') === token;
  } catch {
    return false;
  }
}
