import type { Hunk } from '../core/hunks.ts';
import type { BlobId } from '../core/ids.ts';
import { patchHunks, type PatchHunk } from '../core/patch-hunks.ts';
import type { Git } from './git.ts';

// The algorithm that git merges with is histogram, whatever diff.algorithm says.
const PATCH = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--text', '-U0', '--diff-algorithm=histogram'];

/** The changed ranges between two blobs, by the algorithm that git merges with. */
export async function blobHunks(git: Git, from: BlobId, to: BlobId): Promise<Hunk[]> {
  return (await manyBlobHunks(git, [[from, to]]))[0] ?? [];
}

/** The same for several pairs of blobs, in their order, in two processes however many they are. */
export async function manyBlobHunks(git: Git, pairs: readonly (readonly [BlobId, BlobId])[]): Promise<PatchHunk[][]> {
  if (pairs.every(([from, to]) => from === to)) return pairs.map(() => []);
  // Two trees in which the pairs stand under their numbers: git compares trees in one process, blobs only two at a time.
  const side = (of: 0 | 1): string => pairs.map((pair, index) => `100644 blob ${pair[of]}\t${index}\0`).join('');
  const trees = await git.text(['mktree', '-z', '--missing', '--batch'], { input: `${side(0)}\0${side(1)}` });
  const hunks = patchHunks(await git.bytes(['diff-tree', '-p', '-r', ...PATCH, ...trees.split('\n')]));
  return pairs.map((_pair, index) => hunks.get(String(index)) ?? []);
}
