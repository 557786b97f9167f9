import type { BlobId, CommitId, TreeId } from '../core/ids.ts';
import type { Git } from './git.ts';

/** The id of a blob with this content, written to the object store. */
export async function writeBlob(git: Git, content: string | Uint8Array): Promise<BlobId> {
  return (await git.text(['hash-object', '-w', '--stdin', '-t', 'blob'], { input: content })) as BlobId;
}

/** An object's content as bytes, or null where there is no such object. `name` is an id or `<commit>:<path>`, its path as bytes. */
export async function readObject(git: Git, name: string): Promise<Buffer | null> {
  const found = await readObjects(git, [name]);
  return found[0] ?? null;
}

/** The contents of several objects in one process (git-cat-file(1), --batch); null where there is none. */
export async function readObjects(git: Git, names: readonly string[]): Promise<(Buffer | null)[]> {
  if (names.length === 0) return [];
  const { stdout } = await git.run(['cat-file', '--batch', '-z'], { input: Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1') });
  let at = 0;
  return names.map((name) => {
    // A name may hold a line break, and git repeats it as it is where it finds nothing.
    const missing = Buffer.from(`${name} missing\n`, 'latin1');
    const end = stdout.indexOf(0x0a, at);
    const size = /^[0-9a-f]+ \w+ (\d+)$/.exec(stdout.subarray(at, end).toString('latin1'));
    if (size === null) {
      at = stdout.subarray(at, at + missing.length).equals(missing) ? at + missing.length : end + 1;
      return null;
    }
    const length = Number(size[1]);
    at = end + 1 + length + 1;
    return stdout.subarray(end + 1, end + 1 + length);
  });
}

/** The sizes of several objects in bytes, in one process (git-cat-file(1), --batch-check); null where there is none. */
export async function objectSizes(git: Git, ids: readonly string[]): Promise<(number | null)[]> {
  if (ids.length === 0) return [];
  const out = await git.text(['cat-file', '--batch-check=%(objectsize)'], { input: `${ids.join('\n')}\n` });
  return out.split('\n').map((line) => (/^\d+$/.test(line) ? Number(line) : null));
}

/** The tree of a commit. */
export async function treeOf(git: Git, commit: CommitId): Promise<TreeId> {
  return (await git.text(['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`])) as TreeId;
}

/** The tree with nothing in it, written to the object store. */
export async function emptyTree(git: Git): Promise<TreeId> {
  return (await git.text(['mktree'], { input: '' })) as TreeId;
}

/** Which of these commits are in the object store (git-cat-file(1), --batch-check). */
export async function existingCommits(git: Git, ids: readonly CommitId[]): Promise<ReadonlySet<CommitId>> {
  if (ids.length === 0) return new Set();
  const out = await git.text(['cat-file', '--batch-check=%(objectname) %(objecttype)'], { input: `${ids.join('\n')}\n` });
  return new Set(out.split('\n').filter((line) => line.endsWith(' commit')).map((line) => line.split(' ')[0] as CommitId));
}
