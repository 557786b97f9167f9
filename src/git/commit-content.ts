import type { CommitId } from '../core/ids.ts';
import type { Git } from './git.ts';
import { readObjects } from './objects.ts';

/** What of a commit is kept when it is made anew; texts are bytes (latin1). */
export interface CommitContent {
  readonly id: CommitId;
  readonly parents: readonly CommitId[];
  readonly author: Author;
  /** The message's encoding where it says one, else null. */
  readonly encoding: string | null;
  readonly message: string;
}

/** Bytes (latin1), the date as git writes it: seconds since the epoch and time zone. */
export interface Author {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

/** The commits' own content, in one process (git-cat-file(1), --batch). */
export async function readCommits(git: Git, ids: readonly CommitId[]): Promise<CommitContent[]> {
  const objects = await readObjects(git, ids);
  return ids.flatMap((id, index) => {
    const object = objects[index];
    return object == null ? [] : [parseCommit(id, object.toString('latin1'))];
  });
}

/** Parses a commit object: header lines, an empty line, the message. */
export function parseCommit(id: CommitId, text: string): CommitContent {
  const end = text.indexOf('\n\n');
  const headers = text.slice(0, end < 0 ? text.length : end).split('\n');
  const values = (key: string): string[] => headers.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const author = /^(.*?) ?<([^>]*)> (.*)$/.exec(values('author')[0] ?? '');
  return {
    id,
    parents: values('parent') as CommitId[],
    author: { name: author?.[1] ?? '', email: author?.[2] ?? '', date: author?.[3] ?? '' },
    encoding: values('encoding')[0] ?? null,
    message: end < 0 ? '' : text.slice(end + 2),
  };
}
