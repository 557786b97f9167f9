import { copyFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const MICROSECOND = 1e-6;

/**
 * Copies a worktree's index, where there is one, with the time at which it was written: by that time git knows which of its
 * entries were written in the same moment as their files, and looks into those files. A copy that were younger would take an
 * edit of the same length for none.
 */
export function copyIndex(gitDir: string, copy: string): void {
  const index = join(gitDir, 'index');
  const written = statSync(index, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
  if (written === undefined) return;
  copyFileSync(index, copy);
  // A number cannot hold nanoseconds; rather too old than too young.
  const seconds = Number(written) / 1e9 - MICROSECOND;
  utimesSync(copy, seconds, seconds);
}
