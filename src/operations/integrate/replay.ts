import type { Candidate } from '../../core/candidates.ts';
import type { CommitId, TreeId } from '../../core/ids.ts';
import { withTrailerLine } from '../../core/trailer.ts';
import { readCommits, type CommitContent } from '../../git/commit-content.ts';
import { commitTree, ownCommit, linearCommits } from '../../git/commits.ts';
import { mergeTree } from '../../git/merge-tree.ts';
import { treeOf } from '../../git/objects.ts';
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
    const picked = await pick(input, last, tree, commit);
    if (picked === null) return null;
    // A commit whose change is there already leaves nothing to do.
    if (picked === tree) continue;
    tree = picked;
    const message = input.signoff === null ? commit.message : withTrailerLine(commit.message, `Signed-off-by: ${input.signoff}`);
    last = await commitTree(git, { tree, parents: [last], message, author: commit.author, encoding: commit.encoding, sign: input.sign });
  }
  return tree === merged && last !== top ? last : null;
}

/** The tree with one commit's change on top: a merge counted from that commit's parent, which a commit stands in for. */
async function pick(input: StackInput, last: CommitId, tree: TreeId, commit: CommitContent): Promise<TreeId | null> {
  const { git } = input.workspace;
  const [parent] = commit.parents;
  if (parent === undefined) return null;
  if (parent === last) return treeOf(git, commit.id);
  const ours = await ownCommit(git, { tree, parents: [parent], message: 'replayed onto\n' });
  const result = await mergeTree(input.room, ours, commit.id);
  return result.kind === 'clean' ? result.tree : null;
}
