import type { CommitId, TreeId } from '../../core/ids.ts';
import { ownCommit } from '../../git/commits.ts';
import type { Git } from '../../git/git.ts';

/** From where a merge counts that is not to count from where the histories part. */
export interface MergeBasis {
  /** The tip that a squash or rebase has landed of the branch. */
  readonly landed: CommitId | undefined;
  /** The branch has merged the commit that holds it since: git counts from there by itself. */
  readonly hasLanded: boolean;
  /** Where the target was before the landings of the branch that a commit has taken back since. */
  readonly reverted: CommitId | undefined;
  /** The branch has merged the commits that took them back. */
  readonly hasReverted: boolean;
}

/**
 * The commit to merge a branch onto: one with the same tree whose parents make git count from what has landed, and not from
 * what was taken back (git 2.39 has no merge-tree --merge-base).
 */
export async function mergePoint(git: Git, top: CommitId, basis: MergeBasis | undefined): Promise<CommitId> {
  const landed = basis === undefined || basis.hasLanded ? undefined : basis.landed;
  const reverted = basis === undefined || basis.hasReverted ? undefined : basis.reverted;
  if (landed === undefined && reverted === undefined) return top;
  const parents = [reverted ?? top, ...(landed === undefined ? [] : [landed])];
  return ownCommit(git, { tree: `${top}^{tree}` as TreeId, parents, message: 'landed before\n' });
}
