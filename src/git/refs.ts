import { resolve } from 'node:path';
import type { CommitId, RefName } from '../core/ids.ts';
import { ProcessError } from '../process/run.ts';
import type { Git } from './git.ts';
import { isOurRefsLock, RefLocked, removeOldLock } from './ref-lock.ts';

/** What a ref points at. */
export interface Ref {
  readonly name: RefName;
  readonly id: CommitId;
}

/** One change of a ref; `from: null` means that it must not exist, `to: null` deletes it, and with both the same it must be there and stays. */
export interface RefChange {
  readonly ref: RefName;
  readonly from: CommitId | null | 'any';
  readonly to: CommitId | null;
}

/** The refs below these prefixes (or with these full names). */
export async function listRefs(git: Git, ...patterns: string[]): Promise<Ref[]> {
  const out = await git.text(['for-each-ref', '--format=%(objectname) %(refname)', ...patterns]);
  return out.split('\n').filter((line) => line !== '').map((line) => {
    const space = line.indexOf(' ');
    return { id: line.slice(0, space) as CommitId, name: line.slice(space + 1) as RefName };
  });
}

/** The short names of the branches that hold a commit and, where `without` is given, not that one; none where it is gone. */
export async function branchesContaining(git: Git, commit: CommitId, without: CommitId | null): Promise<string[]> {
  const args = ['for-each-ref', '--format=%(refname:lstrip=2)', `--contains=${commit}`, ...(without === null ? [] : [`--no-contains=${without}`]), 'refs/heads/'];
  const { exitCode, stdout } = await git.run(args, { accept: [0, 128, 129] });
  return exitCode === 0 ? stdout.toString('utf8').split('\n').filter((line) => line !== '') : [];
}

/** The remote-tracking branches that hold a commit, such as `origin/main`. */
export async function remotesContaining(git: Git, commit: CommitId): Promise<string[]> {
  const out = await git.text(['for-each-ref', '--format=%(refname:lstrip=2)', `--contains=${commit}`, 'refs/remotes/']);
  return out.split('\n').filter((line) => line !== '');
}

/** The id that a full ref name or a revision means as a commit, or null. */
export async function resolveCommit(git: Git, revision: string): Promise<CommitId | null> {
  const result = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], { accept: [0, 1, 128] });
  const id = result.stdout.toString('utf8').trim();
  return result.exitCode === 0 && id !== '' ? (id as CommitId) : null;
}

/**
 * Changes refs together or not at all (git-update-ref(1), --stdin); false when one of them was not at its expected id.
 * A lock file that a killed git left on a ref of ours is removed. Errors: `ref-locked` where another one is in the way.
 */
export async function changeRefs(git: Git, changes: readonly RefChange[], reason: string): Promise<boolean> {
  const lines = changes.map((change) => {
    if (change.from === change.to) return `verify ${change.ref}\0${change.to ?? ''}\0`;
    if (change.to === null) return `delete ${change.ref}\0${change.from === 'any' ? '' : (change.from ?? '')}\0`;
    if (change.from === null) return `create ${change.ref}\0${change.to}\0`;
    return `update ${change.ref}\0${change.to}\0${change.from === 'any' ? '' : change.from}\0`;
  });
  for (;;) {
    try {
      await git.run(['update-ref', '--stdin', '-z', '--create-reflog', '-m', reason], { input: ['start\0', ...lines, 'commit\0'].join('') });
      return true;
    } catch (error) {
      if (!(error instanceof ProcessError)) throw error;
      if (/is at .* but expected|unable to resolve reference|reference already exists|reference is missing|but expected/.test(error.stderr)) return false;
      const [, lock] = /Unable to create '([^']+\.lock)'/.exec(error.stderr) ?? [];
      if (lock === undefined) throw error;
      if (!isOurRefsLock(lock) || !removeOldLock(resolve(git.cwd, lock))) throw new RefLocked(lock, error);
    }
  }
}
