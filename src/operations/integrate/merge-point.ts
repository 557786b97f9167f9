import type { CommitId, TreeId } from '../../core/ids.ts';
import { ownCommit } from '../../git/commits.ts';
import type { Git } from '../../git/git.ts';

/** From where a merge counts that is not to count from where the histories part. */
export interface MergeBasis {
  /** The tip that a squash or rebase has landed of the branch, unless it has merged that landing since: then git counts by itself. */
  readonly landed: CommitId | undefined;
  /** Where the target was before the landings of the branch that a commit has taken back, unless it has merged that commit since. */
  readonly reverted: CommitId | undefined;
}

/**
 * The commit to merge a branch onto: one with the same tree whose parents make git count from what has landed, and not from
 * what was taken back (git 2.39 has no merge-tree --merge-base).
 */
export async function mergePoint(git: Git, top: CommitId, basis: MergeBasis | undefined): Promise<CommitId> {
  if (basis === undefined) return top;
  const parents = [basis.reverted ?? top, ...(basis.landed === undefined ? [] : [basis.landed])];
  return ownCommit(git, { tree: `${top}^{tree}` as TreeId, parents, message: 'landed before\n' });
}
