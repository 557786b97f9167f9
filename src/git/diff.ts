import type { Hunk } from '../core/hunks.ts';
import type { BlobId, CommitId, RepoPath, TreeId } from '../core/ids.ts';
import type { Git } from './git.ts';

/** One path that differs between two trees (git-diff-tree(1), raw format). Ids and modes are zeros where it is absent. */
export interface TreeChange {
  readonly path: RepoPath;
  /** A added, D deleted, M modified, T type changed. */
  readonly status: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldBlob: BlobId;
  readonly newBlob: BlobId;
}

/** What changed between two trees or commits, renames as a deletion and an addition. */
export async function treeChanges(git: Git, from: CommitId | TreeId, to: CommitId | TreeId): Promise<TreeChange[]> {
  const fields = (await git.bytes(['diff-tree', '-r', '-z', '--no-renames', '--no-ext-diff', from, to])).split('\0');
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', oldBlob = '', newBlob = '', status = ''] = (fields[at] ?? '').slice(1).split(' ');
    changes.push({ path: (fields[at + 1] ?? '') as RepoPath, status, oldMode, newMode, oldBlob: oldBlob as BlobId, newBlob: newBlob as BlobId });
  }
  return changes;
}

/** The changed ranges between two blobs, by the algorithm that git merges with (histogram). */
export async function blobHunks(git: Git, from: BlobId, to: BlobId): Promise<Hunk[]> {
  if (from === to) return [];
  const patch = await git.bytes(['diff', '--no-color', '--no-ext-diff', '--no-textconv', '--text', '-U0', '--diff-algorithm=histogram', from, to], { accept: [0, 1] });
  // Loaded only where a conflict is explained.
  const { parsePatch } = await import('diff');
  return (parsePatch(patch)[0]?.hunks ?? []).map((hunk) => ({
    start: hunk.oldStart, end: hunk.oldStart + hunk.oldLines, newStart: hunk.newStart, newEnd: hunk.newStart + hunk.newLines,
  }));
}
