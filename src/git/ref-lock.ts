import { linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AiteamError } from '../core/errors.ts';
import type { RefName } from '../core/ids.ts';
import { isProgramAtWork } from '../process/at-work.ts';

/** Longer than git needs for any change of a ref: a lock file that old was left by a git that was killed, or is stopped. */
const OLD_MS = 3_000;
/** What locks refs for longer than a moment, when it is stopped or its disk is slow; an editor that git waits for holds none. */
const REF_CHANGERS = ['update-ref', 'pack-refs', 'gc'];

/** A ref could not be changed because its lock file, or that of the packed refs, is in the way. */
export class RefLocked extends AiteamError {
  readonly lock: string;

  constructor(lock: string, cause: unknown) {
    super(`a lock file is in the way: ${lock}`, { code: 'ref-locked', cause, hints: ['another git process may be at work: try again', `if none is: rm ${lock}`] });
    this.lock = lock;
  }
}

/** Whether a lock file has been there for longer than any git needs it. */
export function isOldLock(lock: string): boolean {
  const found = statSync(lock, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > OLD_MS;
}

/** Whether a git is there that may have made the lock file, one that was stopped for instance. */
function mayBeHeld(lock: string): boolean {
  const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && isProgramAtWork('git', REF_CHANGERS, made);
}

/** Whether it locks a ref that nobody but us changes, and only who holds a mutex; those of mutexes and of `refs/aiteam/locks` name their writers. */
export function isOurRefsLock(lock: string): boolean {
  return lock.includes('/refs/aiteam/') && !lock.includes('/refs/aiteam/lock');
}

/** The lock files that a git takes which moves a branch, and the HEADs of these git directories with it. */
export function locksOfMove(commonDir: string, branch: RefName, gitDirs: readonly string[]): string[] {
  return [join(commonDir, `${branch}.lock`), ...gitDirs.map((gitDir) => join(gitDir, 'HEAD.lock'))];
}

/** Removes a lock file that is old and that no git can hold; true where it is gone. For who knows that a killed git of ours has left it. */
export function removeOldLock(lock: string): boolean {
  if (!isOldLock(lock) || mayBeHeld(lock)) return false;
  // Another one may have removed it by now and made its own: what was taken away is looked at again.
  const aside = `${lock}.${process.pid}.old`;
  try {
    renameSync(lock, aside);
    if (!isOldLock(aside)) linkSync(aside, lock);
  } catch {
    // Another one was quicker, or it cannot be removed.
  } finally {
    rmSync(aside, { force: true });
  }
  return !isOldLock(lock);
}
