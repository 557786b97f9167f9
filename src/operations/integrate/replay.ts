import type { Candidate } from '../../core/candidates.ts';
import type { CommitId, TreeId } from '../../core/ids.ts';
import { withTrailerLine } from '../../core/trailer.ts';
import { readCommits } from '../../git/commit-content.ts';
import { linearCommits } from '../../git/commits.ts';
import { treeOf } from '../../git/objects.ts';
import { replayCommits } from '../../git/replay.ts';
import type { StackInput } from './stack-input.ts';

/**
 * The branch's own commits made anew on `top`, the last of them with the tree that git merges; merges in the branch are
 * left out. Null where one of them does not apply by itself or they come to another tree.
 */
export async function replay(input: StackInput, top: CommitId, candidate: Candidate, merged: TreeId): Promise<CommitId | null> {
  const { git } = input.workspace;
  const basis = input.bases.get(candidate.agent);
  const without = [basis?.reverted ?? input.base, ...(basis?.landed === undefined ? [] : [basis.landed])];
  const commits = await readCommits(git, await linearCommits(git, candidate.tip, without));
  const reword = (message: string): string => (input.signoff === null ? message : withTrailerLine(message, `Signed-off-by: ${input.signoff}`));
  const replayed = await replayCommits(git, input.room, commits, top, input.sign, reword);
  return replayed.kind === 'replayed' && replayed.tip !== top && (await treeOf(git, replayed.tip)) === merged ? replayed.tip : null;
}
