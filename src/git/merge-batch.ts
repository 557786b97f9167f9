import type { CommitId, TreeId } from '../core/ids.ts';
import type { CleanRoom } from './clean-room.ts';
import { driverUses } from './merge-drivers.ts';

/**
 * The trees of several merges, each of two commits, in one process (git-merge-tree(1), --stdin); they end before the
 * first that git would stop on or could not make. None where a merge driver was wanted that may not run.
 */
export async function cleanMerges(room: CleanRoom, pairs: readonly (readonly [CommitId, CommitId])[]): Promise<TreeId[]> {
  if (pairs.length === 0) return [];
  const input = pairs.map(([ours, theirs]) => `${ours} ${theirs}\n`).join('');
  const result = await room.run(['merge-tree', '--write-tree', '--stdin', '-z'], { input, accept: [0, 1, 128] });
  return driverUses(result.stderr, room.drivers).length > 0 ? [] : parseCleanMerges(result.stdout.toString('latin1'));
}

/** Parses `1 NUL TREE NUL NUL` for each clean merge, up to the first `0`. */
export function parseCleanMerges(out: string): TreeId[] {
  const trees: TreeId[] = [];
  const fields = out.split('\0');
  for (let at = 0; fields[at] === '1' && fields[at + 2] === ''; at += 3) trees.push(fields[at + 1] as TreeId);
  return trees;
}
