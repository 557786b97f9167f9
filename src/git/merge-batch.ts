import type { CommitId, TreeId } from '../core/ids.ts';
import type { CleanRoom } from './clean-room.ts';
import { driverUses, type DriverUse } from './merge-drivers.ts';
import { readConflictInfo, type ConflictInfo } from './merge-tree.ts';

/** One merge of many: its tree, and what git says of the paths that it merged or stopped on. */
export interface BatchedMerge extends ConflictInfo {
  readonly clean: boolean;
  readonly tree: TreeId;
}

/** Two commits to merge, the first as the one merged onto. */
export type MergePair = readonly [CommitId, CommitId];

/**
 * The trees of several merges, each of two commits, in one process (git-merge-tree(1), --stdin); they end before the
 * first that git would stop on or could not make. None where a merge driver was wanted that may not run.
 */
export async function cleanMerges(room: CleanRoom, pairs: readonly MergePair[]): Promise<TreeId[]> {
  const { merges, uses } = await mergePairs(room, pairs, []);
  const stop = merges.findIndex(({ clean }) => !clean);
  return uses.length > 0 ? [] : merges.slice(0, stop < 0 ? merges.length : stop).map(({ tree }) => tree);
}

/**
 * The outcome of several merges, in their order, in one process; histories that have no commit in common are merged too.
 * They end before the first that git could not make. `uses` are the merge drivers that were wanted and did not run: where
 * one of their paths is in conflict, there is no verdict.
 */
export async function batchedMerges(room: CleanRoom, pairs: readonly MergePair[]): Promise<{ merges: BatchedMerge[]; uses: DriverUse[] }> {
  return mergePairs(room, pairs, ['--allow-unrelated-histories']);
}

async function mergePairs(room: CleanRoom, pairs: readonly MergePair[], options: readonly string[]): Promise<{ merges: BatchedMerge[]; uses: DriverUse[] }> {
  if (pairs.length === 0) return { merges: [], uses: [] };
  const input = pairs.map(([ours, theirs]) => `${ours} ${theirs}\n`).join('');
  const { stdout, stderr } = await room.run(['merge-tree', '--write-tree', '--stdin', '-z', '--messages', ...options], { input, accept: [0, 1, 128] });
  return { merges: parseMerges(stdout.toString('latin1')), uses: driverUses(stderr, room.drivers) };
}

/**
 * Parses one `CLEAN NUL TREE NUL entries NUL messages NUL` after another, up to the first that was cut off. The free text of
 * a submodule conflict stands where otherwise nothing is between the messages and the last NUL.
 */
export function parseMerges(out: string): BatchedMerge[] {
  const merges: BatchedMerge[] = [];
  const fields = out.split('\0');
  for (let at = 0; fields[at] === '1' || fields[at] === '0';) {
    const { stages, messages, end } = readConflictInfo(fields, at + 2);
    if (end + 1 >= fields.length) break;
    merges.push({ clean: fields[at] === '1', tree: fields[at + 1] as TreeId, stages, messages });
    at = end + 1;
  }
  return merges;
}
