import { AiteamError } from '../core/errors.ts';
import type { BlobId, CommitId, RepoPath, TreeId } from '../core/ids.ts';
import type { Git } from './git.ts';

/** A path's version on one side of a conflict: stage 1 the base, 2 the first commit, 3 the second. */
export interface Stage {
  readonly mode: string;
  readonly blob: BlobId;
  readonly stage: 1 | 2 | 3;
  readonly path: RepoPath;
}

/** What git says of one conflict or automatic decision; `type` is stable, `text` is for people. */
export interface MergeMessage {
  readonly paths: readonly RepoPath[];
  readonly type: string;
  readonly text: string;
}

export type MergeResult =
  | { readonly kind: 'clean'; readonly tree: TreeId }
  | { readonly kind: 'conflicted'; readonly tree: TreeId; readonly stages: readonly Stage[]; readonly messages: readonly MergeMessage[] }
  | { readonly kind: 'unrelated' };

/**
 * Merges two commits in the object store, no worktree and no index touched (git-merge-tree(1), --write-tree).
 * Both must be full ids: git answers "conflict" for a name that does not resolve.
 * Errors: `merge-failed` where git could not merge at all.
 */
export async function mergeTree(room: Git, ours: CommitId, theirs: CommitId): Promise<MergeResult> {
  const result = await room.run(['merge-tree', '--write-tree', '-z', '--messages', ours, theirs], { accept: [0, 1, 128] });
  const out = result.stdout.toString('latin1');
  const said = result.stderr.toString('utf8');
  if (result.exitCode === 128 && /unrelated histories/.test(said)) return { kind: 'unrelated' };
  const end = out.indexOf('\0');
  const tree = out.slice(0, end);
  if (result.exitCode === 128 || end < 0 || !/^[0-9a-f]{40,64}$/.test(tree)) {
    throw new AiteamError(`git could not merge ${theirs} onto ${ours}: ${said.trim()}`, { code: 'merge-failed' });
  }
  if (result.exitCode === 0) return { kind: 'clean', tree: tree as TreeId };
  return { kind: 'conflicted', tree: tree as TreeId, ...parseConflictInfo(out.slice(end + 1)) };
}

/** Parses what follows the tree in the `-z` form: entries, an empty field, messages. */
export function parseConflictInfo(text: string): { stages: Stage[]; messages: MergeMessage[] } {
  const fields = text.split('\0');
  const stages: Stage[] = [];
  let at = 0;
  for (; at < fields.length && fields[at] !== ''; at += 1) {
    const entry = /^(\d+) ([0-9a-f]+) ([123])\t([\s\S]*)$/.exec(fields[at] ?? '');
    if (entry === null) break;
    const [, mode = '', blob = '', stage = '1', path = ''] = entry;
    stages.push({ mode, blob: blob as BlobId, stage: Number(stage) as 1 | 2 | 3, path: path as RepoPath });
  }
  const messages: MergeMessage[] = [];
  at += 1;
  // A submodule conflict appends free text: a field that is no number ends the messages.
  while (at < fields.length && /^\d+$/.test(fields[at] ?? '')) {
    const count = Number(fields[at]);
    const paths = fields.slice(at + 1, at + 1 + count) as RepoPath[];
    messages.push({ paths, type: fields[at + 1 + count] ?? '', text: fields[at + 2 + count] ?? '' });
    at += count + 3;
  }
  return { stages, messages };
}
