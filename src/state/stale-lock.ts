import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMissing } from './atomic-file.ts';

/** A lock file as it was seen: enough to know it again. */
export interface LockFile {
  readonly path: string;
  readonly inode: number;
  readonly madeAt: number;
  /** The id that git has written into it, or ''. */
  readonly content: string;
}

/** The lock file as it is now; null where it is gone. */
export function lookAtLock(path: string): LockFile | null {
  try {
    const { ino, ctimeMs } = statSync(path);
    return { path, inode: ino, madeAt: ctimeMs, content: readFileSync(path, 'utf8').trim() };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

export function isSameLock(a: LockFile, b: LockFile): boolean {
  return a.path === b.path && a.inode === b.inode && a.madeAt === b.madeAt && a.content === b.content;
}

/** How long a removal can take: a guard that is older was left by a process that was killed. */
const GUARD_MS = 10_000;

/**
 * Removes a lock file on a ref of ours that is still the one that was seen; false where another process is at the same, or
 * it has changed. One remover at a time, so that none takes away a lock that was taken meanwhile.
 */
export function removeLock(file: LockFile): boolean {
  const guard = join(file.path.slice(0, file.path.indexOf('/refs/aiteam/')), 'aiteam', 'removing-lock');
  mkdirSync(dirname(guard), { recursive: true });
  try {
    closeSync(openSync(guard, 'wx'));
  } catch {
    const left = lookAtLock(guard);
    if (left !== null && Date.now() - left.madeAt > GUARD_MS) rmSync(guard, { force: true });
    return false;
  }
  try {
    const now = lookAtLock(file.path);
    if (now === null || !isSameLock(now, file)) return false;
    unlinkSync(file.path);
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}
