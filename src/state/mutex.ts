import { setTimeout as sleep } from 'node:timers/promises';
import { AiteamError } from '../core/errors.ts';
import type { CommitId, RefName } from '../core/ids.ts';
import type { Git } from '../git/git.ts';
import { writeBlob } from '../git/objects.ts';
import { RefLocked } from '../git/ref-lock.ts';
import { changeRefs, listRefs } from '../git/refs.ts';
import { readOwner, swap, type Tries } from './contended-ref.ts';
import { isDead, thisProcess, type Owner } from './owner.ts';

/** What may be held by one process at a time. */
export type MutexName = 'coordinator' | 'worktrees' | 'views' | 'compaction' | 'windows';

const LOCKS = 'refs/aiteam/lock/';

export interface MutexOptions {
  /** What the holder does, shown to those who wait. */
  readonly command: string;
  /** Milliseconds to wait; 0 tries once. */
  readonly waitMs: number;
  /** Called once, when there is somebody to wait for. */
  readonly onWait?: (holder: Owner) => void;
}

/**
 * Runs `work` while this process alone holds the mutex: a ref moved by compare-and-swap whose blob names its owner.
 * A dead owner's mutex is taken over at once. Errors: `busy` with the holder named when the wait is over.
 */
export async function withMutex<T>(git: Git, name: MutexName, options: MutexOptions, work: () => Promise<T>): Promise<T> {
  const ref = mutexRef(name);
  const mine = (await writeBlob(git, JSON.stringify(thisProcess(options.command)))) as string as CommitId;
  await acquire(git, ref, mine, options);
  try {
    return await work();
  } finally {
    await release(git, ref, mine);
  }
}

/** Where a lock file is in the way, of the packed refs for instance, it stays ours until we end, and is taken over then. */
async function release(git: Git, ref: RefName, mine: CommitId): Promise<void> {
  try {
    await changeRefs(git, [{ ref, from: mine, to: null }], 'aiteam: released');
  } catch (error) {
    if (!(error instanceof RefLocked)) throw error;
  }
}

/** Who holds the mutex, or null. */
export async function mutexHolder(git: Git, name: MutexName): Promise<Owner | null> {
  const held = (await listRefs(git, mutexRef(name)))[0];
  return held === undefined ? null : readOwner(git, held.id);
}

/** Lets go of what dead processes held. The next to want one would take it over; until then it looks as if somebody were at work. */
export async function dropDeadMutexes(git: Git): Promise<void> {
  for (const { name, id } of await listRefs(git, LOCKS)) {
    const owner = await readOwner(git, id);
    if (owner === null || isDead(owner)) await release(git, name, id);
  }
}

async function acquire(git: Git, ref: RefName, mine: CommitId, options: MutexOptions): Promise<void> {
  const deadline = Date.now() + options.waitMs;
  let told = false;
  const tries: Tries = { locked: null };
  for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
    const lastTry = Date.now() >= deadline;
    // Nobody holds it, as a rule: then this is all.
    if (await swap(git, { ref, from: null, to: mine }, tries)) return;
    const held = (await listRefs(git, ref))[0];
    const owner = held === undefined ? null : await readOwner(git, held.id);
    if (held !== undefined && (owner === null || isDead(owner))) {
      if (await swap(git, { ref, from: held.id, to: mine }, tries)) return;
    } else if (owner !== null) {
      if (lastTry) throw busy(ref, owner);
      if (!told) options.onWait?.(owner);
      told = true;
    }
    // Spread out, so that many waiters do not try at the same instant.
    await sleep(pause / 2 + Math.random() * pause);
  }
}

function busy(ref: RefName, owner: Owner): AiteamError {
  const seconds = Math.round((Date.now() - owner.since) / 1000);
  return new AiteamError(`process ${owner.pid} on ${owner.host} has been running "${owner.command}" for ${seconds} s`, {
    code: 'busy',
    hints: ['wait until it is done, then try again', `if that process is certainly gone: git update-ref -d ${ref}`],
  });
}

function mutexRef(name: MutexName): RefName {
  return `${LOCKS}${name}` as RefName;
}
