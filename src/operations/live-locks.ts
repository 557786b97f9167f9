import { presentAgents } from '../core/ledger.ts';
import { liveLocks, type Lock } from '../core/locks.ts';
import { truncate } from '../core/text.ts';
import { readLocks } from '../state/locks.ts';
import { writeLockedFile } from '../state/locked-file.ts';
import { HUMAN } from './caller.ts';
import { localMinute } from './local-time.ts';
import type { Unconfigured } from './workspace.ts';

const LONGEST_WHY = 100;
const MOST_ROUNDS = 10;

/** The locks that live now, after the hooks were told of them. */
export async function seeLocks({ git, layout, ledger }: Unconfigured): Promise<readonly Lock[]> {
  let locks = await readLocks(git);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (!writeLockedFile(layout, alive(locks, ledger), lockWords)) break;
    // Whoever changed them meanwhile may have written before us what is newer.
    const now = await readLocks(git);
    if (JSON.stringify(now) === JSON.stringify(locks)) break;
    locks = now;
  }
  return alive(locks, ledger);
}

/** Of these locks those that live: not expired, and the holder has been here since before. */
export function alive(locks: readonly Lock[], ledger: Unconfigured['ledger']): Lock[] {
  return liveLocks(locks, Date.now(), new Map([[HUMAN, 0], ...presentAgents(ledger).map(({ agent, addedAt }) => [agent, addedAt] as [string, number])]));
}

/** `until 2026-01-15 12:30: moving the parser`. */
export function lockWords({ until, why }: Lock): string {
  return `until ${localMinute(until)}${why === null ? '' : `: ${truncate(why, LONGEST_WHY)}`}`;
}
