import type { Candidate } from '../../core/candidates.ts';
import type { CommitId } from '../../core/ids.ts';
import type { ConflictedTree } from '../../git/merge-tree.ts';

/** A branch that git would stop on, merged onto what was stacked before it. */
export interface ConflictedMerge extends ConflictedTree {
  readonly candidate: Candidate;
  readonly onto: CommitId;
}
