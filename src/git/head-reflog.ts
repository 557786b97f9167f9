import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitId } from '../core/ids.ts';

/** Where the HEAD of the worktree with this git directory has been since a time (epoch milliseconds), by its reflog. */
export function headsSince(gitDir: string, since: number): CommitId[] {
  const from = Math.floor(since / 1000);
  const heads = new Set<CommitId>();
  for (const line of reflog(gitDir).split('\n')) {
    const entry = /^[0-9a-f]+ ([0-9a-f]+) [^\t]*> (\d+) [+-]\d{4}(?:\t|$)/.exec(line);
    if (entry !== null && Number(entry[2]) >= from && !/^0+$/.test(entry[1] ?? '')) heads.add(entry[1] as CommitId);
  }
  return [...heads];
}

function reflog(gitDir: string): string {
  try {
    return readFileSync(join(gitDir, 'logs', 'HEAD'), 'latin1');
  } catch {
    return '';
  }
}
