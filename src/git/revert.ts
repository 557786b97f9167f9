import type { CommitId, RepoPath, TreeId } from '../core/ids.ts';
import type { CleanRoom } from './clean-room.ts';
import { ownCommit } from './commits.ts';
import type { Git } from './git.ts';
import { mergeTree, pathsThatStop } from './merge-tree.ts';
import { treeOf } from './objects.ts';

/**
 * The tree of `top` without what changed between `from` and `to`: a merge counted from `to`, which commits without a
 * history stand in for. Conflicts name their paths.
 */
export async function revertTree(git: Git, room: CleanRoom, top: CommitId, change: { from: CommitId; to: CommitId }): Promise<{ kind: 'clean'; tree: TreeId } | { kind: 'conflicted'; paths: readonly RepoPath[] }> {
  const stand = async (commit: CommitId, parents: readonly CommitId[]): Promise<CommitId> => ownCommit(git, { tree: await treeOf(git, commit), parents, message: 'to take a change back\n' });
  const base = await stand(change.to, []);
  const merged = await mergeTree(room, await stand(top, [base]), await stand(change.from, [base]));
  return merged.kind === 'clean' ? merged : { kind: 'conflicted', paths: pathsThatStop(merged) };
}
