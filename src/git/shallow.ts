import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitId } from '../core/ids.ts';

/** The commits at which a shallow clone ends: what came before them counts as theirs for git. */
export function shallowCommits(commonDir: string): ReadonlySet<CommitId> {
  try {
    return new Set(readFileSync(join(commonDir, 'shallow'), 'utf8').split('\n').filter((line) => line !== '') as CommitId[]);
  } catch {
    return new Set();
  }
}
