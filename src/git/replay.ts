import type { CommitId, RepoPath, TreeId } from '../core/ids.ts';
import type { CleanRoom } from './clean-room.ts';
import type { CommitContent } from './commit-content.ts';
import { commitTree, ownCommit } from './commits.ts';
import type { Git } from './git.ts';
import { mergeTree, pathsThatStop, type MergeResult } from './merge-tree.ts';
import { emptyTree, treeOf } from './objects.ts';

export type ReplayResult =
  /** `made` are the commits on top of `onto`, new or as they were; `dropped` those that change nothing any more. */
  | { readonly kind: 'replayed'; readonly tip: CommitId; readonly made: readonly CommitId[]; readonly dropped: readonly CommitContent[] }
  | { readonly kind: 'conflicted'; readonly at: CommitContent; readonly paths: readonly RepoPath[] };

/** Makes the commits (no merges) anew on top of `onto` as git-rebase(1) does, in the object store only, with the author and date that they have and the message that `reword` makes of theirs. */
export async function replayCommits(git: Git, room: CleanRoom, commits: readonly CommitContent[], onto: CommitId, sign: boolean, reword: (message: string) => string = (message) => message): Promise<ReplayResult> {
  let top = { commit: onto, tree: await treeOf(git, onto) };
  const made: CommitId[] = [];
  const dropped: CommitContent[] = [];
  for (const commit of commits) {
    const picked = await pickCommit(git, room, top, commit);
    if (picked.kind !== 'clean') return { kind: 'conflicted', at: commit, paths: pathsThatStop(picked) };
    if (commit.parents[0] === top.commit && reword(commit.message) === commit.message) {
      top = { commit: commit.id, tree: picked.tree };
      made.push(commit.id);
    }
    // A commit that was empty from the beginning is meant to be.
    else if (picked.tree === top.tree && !(await wasEmpty(git, commit))) dropped.push(commit);
    else {
      const { author, encoding } = commit;
      top = { commit: await commitTree(git, { tree: picked.tree, parents: [top.commit], message: reword(commit.message), author, encoding, sign }), tree: picked.tree };
      made.push(top.commit);
    }
  }
  return { kind: 'replayed', tip: top.commit, made, dropped };
}

/**
 * One commit's change on top of another commit: a merge counted from that commit's parent, which a commit on it stands in
 * for, as merge-tree of git 2.39 knows no --merge-base.
 */
export async function pickCommit(git: Git, room: CleanRoom, top: { commit: CommitId; tree: TreeId }, commit: CommitContent): Promise<MergeResult> {
  const [parent] = commit.parents;
  if (parent === top.commit) return { kind: 'clean', tree: await treeOf(git, commit.id) };
  const base = parent ?? await ownCommit(git, { tree: await emptyTree(git), parents: [], message: 'nothing\n' });
  const ours = await ownCommit(git, { tree: top.tree, parents: [base], message: 'replayed onto\n' });
  return mergeTree(room, ours, parent === undefined ? await ownCommit(git, { tree: await treeOf(git, commit.id), parents: [base], message: 'replayed\n' }) : commit.id);
}

async function wasEmpty(git: Git, { id, parents: [parent] }: CommitContent): Promise<boolean> {
  return await treeOf(git, id) === (parent === undefined ? await emptyTree(git) : await treeOf(git, parent));
}
