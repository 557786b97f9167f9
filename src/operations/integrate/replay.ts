import type { Candidate } from '../../core/candidates.ts';
import type { CommitId, TreeId } from '../../core/ids.ts';
import { withTrailerLine } from '../../core/trailer.ts';
import { readCommits } from '../../git/commit-content.ts';
import { commitTree, linearCommits } from '../../git/commits.ts';
import { treeOf } from '../../git/objects.ts';
import { pickCommit } from '../../git/replay.ts';
import type { StackInput } from './stack.ts';

/**
 * The branch's own commits made anew on `top`, one after another, the last of them with the tree that git merges; merges
 * in the branch are left out. Null where one of them does not apply by itself or they come to another tree.
 */
export async function replay(input: StackInput, top: CommitId, candidate: Candidate, merged: TreeId): Promise<CommitId | null> {
  const { git } = input.workspace;
  const before = input.bases.get(candidate.agent)?.landed;
  const ids = await linearCommits(git, candidate.tip, [input.base, ...(before === undefined ? [] : [before])]);
  let last = top;
  let tree = await treeOf(git, top);
  for (const commit of await readCommits(git, ids)) {
    const picked = await pickCommit(git, input.room, { commit: last, tree }, commit);
    if (picked.kind !== 'clean') return null;
    // A commit whose change is there already leaves nothing to do.
    if (picked.tree === tree) continue;
    tree = picked.tree;
    const message = input.signoff === null ? commit.message : withTrailerLine(commit.message, `Signed-off-by: ${input.signoff}`);
    last = await commitTree(git, { tree, parents: [last], message, author: commit.author, encoding: commit.encoding, sign: input.sign });
  }
  return tree === merged && last !== top ? last : null;
}
