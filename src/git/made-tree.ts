import type { BlobId, TreeId } from '../core/ids.ts';
import type { Git } from './git.ts';

/** A tree of these entries, none of them a folder (git-mktree(1)). */
export async function madeTree(git: Git, entries: readonly { readonly name: string; readonly mode: string; readonly blob: BlobId }[]): Promise<TreeId> {
  const input = entries.map(({ name, mode, blob }) => `${mode} ${mode === '160000' ? 'commit' : 'blob'} ${blob}\t${name}\0`).join('');
  return (await git.text(['mktree', '-z', '--missing'], { input })) as TreeId;
}
