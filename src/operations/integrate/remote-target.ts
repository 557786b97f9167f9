import { refusal } from '../../core/errors.ts';
import { branchRef, type CommitId } from '../../core/ids.ts';
import { isAncestor } from '../../git/commits.ts';
import { resolveCommit } from '../../git/refs.ts';
import { chooseRemote, fetchBranch, type RemoteBranch } from '../../git/remote.ts';
import { doing } from '../context.ts';
import type { Workspace } from '../workspace.ts';

/** The target on a remote, and how the branch here stands to it. */
export interface RemoteTarget {
  readonly branch: RemoteBranch;
  /** Where the branch here is. */
  readonly here: CommitId;
  /** What is landed on: the remote's tip, or the branch here where that goes on from it. */
  readonly base: CommitId;
  /** The branch here has commits that the remote has not. */
  readonly isAhead: boolean;
}

/**
 * Fetches the target from a remote and says what a landing builds on. Errors: `remote-unknown`, `remote-needed`, `fetch-failed`,
 * `target-missing`, `diverged` where both sides have commits that the other lacks.
 */
export async function seeRemoteTarget(workspace: Workspace, target: string, named: string | null): Promise<RemoteTarget> {
  const { git, context } = workspace;
  const remote = await chooseRemote(git, target, named);
  const here = await resolveCommit(git, branchRef(target));
  if (here === null) throw refusal('target-missing', `there is no branch "${target}"`, `git branch ${target} <commit>`);
  doing(context, `fetching ${target} from ${remote}`);
  const branch = await fetchBranch(git, remote, target);
  if (branch.tip === null || branch.tip === here) return { branch, here, base: here, isAhead: branch.tip === null };
  if (await isAncestor(git, branch.tip, here)) return { branch, here, base: here, isAhead: true };
  if (await isAncestor(git, here, branch.tip)) return { branch, here, base: branch.tip, isAhead: false };
  throw refusal('diverged', `${target} here and on ${remote} have both gone on`, `git pull --rebase ${remote} ${target}, where ${target} is checked out`, 'then: aiteam integrate --push');
}
