import { AiteamError, refusal } from '../core/errors.ts';
import type { CommitId } from '../core/ids.ts';
import { escapeText } from '../core/text.ts';
import { ProcessError } from '../process/run.ts';
import { withHooks, type Git } from './git.ts';
import { watchingPrePush } from './pre-push.ts';
import { resolveCommit } from './refs.ts';

/** A branch of a remote, as it was seen last. */
export interface RemoteBranch {
  readonly remote: string;
  readonly branch: string;
  /** Null where the remote has no such branch. */
  readonly tip: CommitId | null;
}

/**
 * The remote to push a branch to: the one named, else as git-push(1) chooses, else `origin` or the only one.
 * Errors: `remote-unknown`, `remote-needed`.
 */
export async function chooseRemote(git: Git, branch: string, named: string | null): Promise<string> {
  const remotes = (await git.text(['remote'])).split('\n').filter((line) => line !== '');
  if (named !== null) {
    if (remotes.includes(named)) return named;
    throw refusal('remote-unknown', `there is no remote "${escapeText(named)}"`, remotes.length === 0 ? 'git remote add origin URL' : `git remote: ${remotes.join(', ')}`);
  }
  for (const key of [`branch.${branch}.pushRemote`, 'remote.pushDefault', `branch.${branch}.remote`]) {
    const found = (await git.run(['config', '--get', key], { accept: [0, 1] })).stdout.toString('utf8').trim();
    if (remotes.includes(found)) return found;
  }
  const [only, ...others] = remotes.includes('origin') ? ['origin'] : remotes;
  if (only !== undefined && others.length === 0) return only;
  throw refusal('remote-needed', remotes.length === 0 ? 'this repository has no remote to push to' : `which remote? there are ${remotes.join(', ')}`, remotes.length === 0 ? 'git remote add origin URL' : `aiteam integrate --push ${only ?? 'REMOTE'}`);
}

/** Fetches one branch of a remote and says where it is. Errors: `fetch-failed`. */
export async function fetchBranch(git: Git, remote: string, branch: string): Promise<RemoteBranch> {
  try {
    // A branch that is gone there is no failure: asked first.
    const listed = await git.text(['ls-remote', '--heads', '--', remote, `refs/heads/${branch}`]);
    if (listed === '') return { remote, branch, tip: null };
    await git.run(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', remote, `+refs/heads/${branch}:${trackingRef(remote, branch)}`]);
  } catch (error) {
    throw ofRemote(error, 'fetch-failed', `${remote} could not be asked where ${branch} is`, `git fetch ${remote}`);
  }
  return { remote, branch, tip: await resolveCommit(git, trackingRef(remote, branch)) };
}

/**
 * Pushes a commit to a branch that must still be where it was seen; false where it has moved meanwhile. The repository's own
 * pre-push hook runs. Errors: `push-refused` where the remote says no of the branch itself, or that hook did; `push-unknown` where nobody can say whether it arrived.
 */
export async function pushCommit(git: Git, to: RemoteBranch, commit: CommitId): Promise<boolean> {
  const ref = `refs/heads/${to.branch}`;
  const args = ['push', '--porcelain', '--atomic', '--no-follow-tags', `--force-with-lease=${ref}:${to.tip ?? ''}`, '--', to.remote, `${commit}:${ref}`];
  return watchingPrePush(withHooks(git), async (watched, refusedByHook) => {
    try {
      await watched.run(args);
      return true;
    } catch (error) {
      if (!(error instanceof ProcessError) || error.exitCode === null) throw ofRemote(error, 'push-unknown', `the push to ${to.remote} was interrupted`, ...ASK_AGAIN);
      if (/^!\t.*\[remote failure\]/m.test(error.stdout)) throw ofRemote(error, 'push-unknown', `${to.remote} did not say whether it took ${to.branch}`, ...ASK_AGAIN);
      const refused = /^!\t/m.test(error.stdout);
      if (refused && MOVED_MEANWHILE.test(`${error.stdout}\n${error.stderr}`)) return false;
      if (refused || refusedByHook()) throw ofRemote(error, 'push-refused', `${to.remote} did not take ${to.branch}`, 'see what it says, then: aiteam integrate --push');
      throw ofRemote(error, 'push-unknown', `the push to ${to.remote} failed on the way`, ...ASK_AGAIN);
    }
  });
}

/** How a refusal reads where the branch there has moved. */
const MOVED_MEANWHILE = /stale info|fetch first|non-fast-forward|cannot lock ref|failed to update ref|incorrect old value|reference already exists/;

const ASK_AGAIN = ['aiteam integrate --push asks whether it arrived', 'aiteam integrate --abort gives it up here'];

/** The ref that says where a remote's branch was seen last. */
export function trackingRef(remote: string, branch: string): string {
  return `refs/remotes/${remote}/${branch}`;
}

function ofRemote(error: unknown, code: string, message: string, ...hints: string[]): unknown {
  if (!(error instanceof ProcessError)) return error;
  const said = escapeText(error.stderr.trim().split('\n').slice(-4).join('; '));
  return new AiteamError(`${message}: ${said === '' ? 'it said nothing' : said}`, { code, cause: error, hints });
}
