import type { CommitId, TreeId } from '../core/ids.ts';
import type { Git } from './git.ts';

/**
 * The trees of several merges, each of two commits, in one process (git-merge-tree(1), --stdin); they end before the
 * first that git would stop on or could not make.
 */
export async function cleanMerges(room: Git, pairs: readonly (readonly [CommitId, CommitId])[]): Promise<TreeId[]> {
  if (pairs.length === 0) return [];
  const input = pairs.map(([ours, theirs]) => `${ours} ${theirs}\n`).join('');
  const out = (await room.run(['merge-tree', '--write-tree', '--stdin', '-z'], { input, accept: [0, 1, 128] })).stdout.toString('latin1');
  return parseCleanMerges(out);
}

/** Parses `1 NUL TREE NUL NUL` for each clean merge, up to the first `0`. */
export function parseCleanMerges(out: string): TreeId[] {
  const trees: TreeId[] = [];
  const fields = out.split('\0');
  for (let at = 0; fields[at] === '1' && fields[at + 2] === ''; at += 3) trees.push(fields[at + 1] as TreeId);
  return trees;
}
