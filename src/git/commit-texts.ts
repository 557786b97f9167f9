import { isObjectId, type CommitId } from '../core/ids.ts';
import type { Git } from './git.ts';

/** What a commit says of itself, as UTF-8. */
export interface CommitText {
  readonly id: CommitId;
  /** Who git calls its author. */
  readonly name: string;
  readonly email: string;
  /** When it was written, epoch milliseconds. */
  readonly at: number;
  readonly subject: string;
  /** All of it, the subject included. */
  readonly message: string;
}

const FORMAT = '%H%x00%an%x00%ae%x00%at%x00%s%x00%B';
const FIELDS = 6;

/** These commits in one process; one that is gone is left out. */
export async function commitTexts(git: Git, ids: readonly CommitId[]): Promise<Map<CommitId, CommitText>> {
  const wanted = new Set(ids.filter(isObjectId));
  if (wanted.size === 0) return new Map();
  const args = ['log', '-z', '--no-walk=unsorted', '--ignore-missing', '--no-show-signature', '--no-mailmap', '--encoding=UTF-8', `--format=tformat:${FORMAT}`, '--stdin'];
  const fields = (await git.text(args, { input: [...wanted].map((id) => `${id}\n`).join('') })).split('\0');
  const texts = new Map<CommitId, CommitText>();
  for (let at = 0; at + FIELDS <= fields.length; at += FIELDS) {
    const [id = '', name = '', email = '', time = '0', subject = '', message = ''] = fields.slice(at, at + FIELDS);
    texts.set(id as CommitId, { id: id as CommitId, name, email, at: Number(time) * 1000, subject, message });
  }
  return texts;
}
