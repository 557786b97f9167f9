import type { CommitId, RefName } from '../core/ids.ts';
import type { Git } from '../git/git.ts';
import { readObject } from '../git/objects.ts';
import { RefLocked } from '../git/ref-lock.ts';
import { changeRefs, listRefs } from '../git/refs.ts';
import { isDead, type Owner } from './owner.ts';
import { isSameLock, lookAtLock, removeLock, type LockFile } from './stale-lock.ts';

/** What one contender remembers from try to try. */
export interface Tries {
  /** The lock file that has been in the way without a break, and since when, epoch ms. */
  locked: { readonly file: LockFile; readonly since: number } | null;
}

/** Longer than any contender needs: of a lock file that stays for so long the owner is asked for. */
const LOCKED_TOO_LONG_MS = 3_000;
/** How old a lock file is, by its own time, that names nobody and was left by a git that was killed. */
const NAMELESS_MS = 10_000;

/**
 * Moves a ref that several processes want and whose blobs name their writers; false for a lost race. A lock file of another
 * contender counts as one; one that a dead contender left is removed. Errors: `ref-locked`.
 */
export async function swap(git: Git, { ref, from, to }: { ref: RefName; from: CommitId | null; to: CommitId }, tries: Tries): Promise<boolean> {
  try {
    const swapped = await changeRefs(git, [{ ref, from, to }], 'aiteam: swapped');
    tries.locked = null;
    return swapped;
  } catch (error) {
    if (!(error instanceof RefLocked)) throw error;
    const file = lookAtLock(error.lock);
    if (file === null) return false;
    if (tries.locked === null || !isSameLock(tries.locked.file, file)) tries.locked = { file, since: Date.now() };
    if (Date.now() - tries.locked.since > LOCKED_TOO_LONG_MS) {
      // The packed refs are locked by every git that deletes a ref: not ours to judge.
      if (!error.lock.endsWith(`/${ref}.lock`)) throw error;
      const owner = await lockOwner(git, ref, file);
      // Between making the file and naming its owner in it git needs no time that could be measured.
      const isDeadOnes = owner === null ? Date.now() - file.madeAt > NAMELESS_MS : isDead(owner);
      if (owner !== null && !isDeadOnes) throw error;
      if (isDeadOnes && removeLock(file)) tries.locked = null;
    }
    return false;
  }
}

/** Who took the lock file: git writes the new value into it, and nothing where it deletes the ref; null where nobody can be named. */
async function lockOwner(git: Git, ref: RefName, file: LockFile): Promise<Owner | null> {
  const id = file.content === '' ? (await listRefs(git, ref))[0]?.id : file.content;
  return id === undefined ? null : readOwner(git, id);
}

/** The writer that a blob names; null where it names none. */
export async function readOwner(git: Git, id: string): Promise<Owner | null> {
  const content = await readObject(git, id);
  if (content === null) return null;
  try {
    return JSON.parse(content.toString('utf8')) as Owner;
  } catch {
    return null;
  }
}
