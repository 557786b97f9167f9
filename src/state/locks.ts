import { setTimeout as sleep } from 'node:timers/promises';
import { AiteamError } from '../core/errors.ts';
import type { CommitId, RefName } from '../core/ids.ts';
import type { Lock } from '../core/locks.ts';
import type { Git } from '../git/git.ts';
import { readObject, writeBlob } from '../git/objects.ts';
import { listRefs } from '../git/refs.ts';
import { swap, type Tries } from './contended-ref.ts';
import { thisProcess } from './owner.ts';

/** The ref whose blob holds every lock. */
const LOCKS_REF = 'refs/aiteam/locks' as RefName;
const LONGEST_WAIT_MS = 30_000;

/** Every lock that was given and not taken back, expired ones too. */
export async function readLocks(git: Git): Promise<readonly Lock[]> {
  return locksIn(await readObject(git, LOCKS_REF));
}

/**
 * Puts `change` of all locks in their place by compare-and-swap, and gives them; `change` is asked again whenever somebody was
 * quicker, and answers null to leave them. Errors: `busy` where others stay quicker, `ref-locked`.
 */
export async function changeLocks(git: Git, command: string, change: (locks: readonly Lock[]) => readonly Lock[] | null): Promise<void> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  const tries: Tries = { locked: null };
  for (let pause = 10; Date.now() < deadline; pause = Math.min(pause * 2, 200)) {
    const from = (await listRefs(git, LOCKS_REF))[0]?.id ?? null;
    const locks = change(from === null ? [] : locksIn(await readObject(git, from)));
    if (locks === null) return;
    const to = (await writeBlob(git, JSON.stringify({ ...thisProcess(command), version: 1, locks }))) as string as CommitId;
    if (await swap(git, { ref: LOCKS_REF, from, to }, tries)) return;
    // Spread out, so that many who wait do not try at the same instant.
    await sleep(pause / 2 + Math.random() * pause);
  }
  throw new AiteamError('the locks change faster than this command can follow', { code: 'busy', hints: ['try again', 'aiteam locks'] });
}

/** A blob that is none of ours holds no lock. */
function locksIn(content: Buffer | null): readonly Lock[] {
  if (content === null) return [];
  try {
    const { locks } = JSON.parse(content.toString('utf8')) as { locks?: unknown };
    return Array.isArray(locks) ? (locks as unknown[]).filter(isLock) : [];
  } catch {
    return [];
  }
}

function isLock(value: unknown): value is Lock {
  if (typeof value !== 'object' || value === null) return false;
  const { holder, pattern, file, why, at, until } = value as Record<string, unknown>;
  return typeof holder === 'string' && typeof pattern === 'string' && typeof file === 'boolean' && (why === null || typeof why === 'string') && Number.isFinite(at) && Number.isFinite(until);
}
