// What its user does in a worktree after a git of theirs was killed.
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Git needs milliseconds for what it takes a lock for. */
const OLD_MS = 1_500;

/** Removes the locks that git itself left, as its message asks for; one with words in it is aiteam's, and stays. */
export function removeGitsLocks(gitDir, shared) {
  const own = readdirSync(gitDir).filter((name) => name.endsWith('.lock')).map((name) => join(gitDir, name));
  for (const lock of [...own, ...shared]) if (isOld(lock) && !isOurs(lock)) rmSync(lock, { force: true });
}

function isOld(lock) {
  const found = statSync(lock, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > OLD_MS;
}

function isOurs(lock) {
  try {
    return /^(sync \d|[LU][0-9a-f]{8} \d)/.test(readFileSync(lock, 'latin1').slice(0, 40));
  } catch {
    return true;
  }
}
