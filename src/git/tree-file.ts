import type { BlobId } from '../core/ids.ts';
import type { Git } from './git.ts';
import { readObject } from './objects.ts';

/** What a commit has at a path. */
export type TreeFile =
  | { readonly kind: 'absent' }
  /** A folder, a symbolic link or a submodule. */
  | { readonly kind: 'no-file' }
  | { readonly kind: 'file'; readonly blob: BlobId; readonly size: number; readonly read: () => Promise<Buffer> };

/** The file at a path of a commit, its size known before it is read. `revision` is a full ref name or id, `path` ASCII. */
export async function fileAt(git: Git, revision: string, path: string): Promise<TreeFile> {
  const entry = await git.text(['ls-tree', '-z', '--full-tree', '--long', revision, '--', path]);
  const [, mode = '', type, id = '', size] = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t/.exec(entry) ?? [];
  if (type === undefined) return { kind: 'absent' };
  if (type !== 'blob' || mode === '120000') return { kind: 'no-file' };
  return { kind: 'file', blob: id as BlobId, size: Number(size), read: async () => (await readObject(git, id)) ?? Buffer.alloc(0) };
}
