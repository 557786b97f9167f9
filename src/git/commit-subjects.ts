import { isObjectId, type CommitId } from '../core/ids.ts';
import type { Git } from './git.ts';

/** The subjects of these commits, read in one process; a commit that is gone is left out. */
export async function commitSubjects(git: Git, ids: readonly CommitId[]): Promise<Map<CommitId, string>> {
  const wanted = new Set(ids.filter(isObjectId));
  if (wanted.size === 0) return new Map();
  const args = ['log', '--no-walk=unsorted', '--ignore-missing', '--no-show-signature', '--encoding=UTF-8', '--format=%H%x00%s', '--stdin'];
  const out = await git.text(args, { input: [...wanted].map((id) => `${id}\n`).join('') });
  return new Map(out.split('\n').filter((line) => line !== '').map((line) => {
    const [id = '', subject = ''] = line.split('\0');
    return [id as CommitId, subject];
  }));
}
