import type { CommitId } from '../core/ids.ts';
import { branchRef, branchName } from '../core/ids.ts';
import type { Git } from './git.ts';

/** The newest commit of a branch. */
export interface Tip {
  readonly id: CommitId;
  readonly subject: string;
  /** Committer time, epoch milliseconds. */
  readonly at: number;
}

/** The tips of these branches by short name, read in one process; a branch that does not exist is left out. */
export async function branchTips(git: Git, branches: readonly string[]): Promise<Map<string, Tip>> {
  const format = '%(refname)%00%(objectname)%00%(committerdate:unix)%00%(contents:subject)';
  const out = await git.text(['for-each-ref', `--format=${format}`, ...new Set(branches.map(branchRef))]);
  const tips = new Map<string, Tip>();
  for (const line of out.split('\n')) {
    const [ref = '', id = '', time = '', subject = ''] = line.split('\0');
    const branch = branchName(ref);
    // A pattern matches the branches below it, too.
    if (branch !== null && branches.includes(branch)) tips.set(branch, { id: id as CommitId, subject, at: Number(time) * 1000 });
  }
  return tips;
}

/** How many commits `tip` has that `without` has not. */
export async function countCommits(git: Git, tip: CommitId, without: CommitId): Promise<number> {
  return Number(await git.text(['rev-list', '--count', tip, `^${without}`]));
}
