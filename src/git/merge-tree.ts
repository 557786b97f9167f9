import type { MergeMessage } from '../core/conflict-type.ts';
import { AiteamError } from '../core/errors.ts';
import type { BlobId, CommitId, RepoPath, TreeId } from '../core/ids.ts';
import { mergedNames } from '../core/renamed-twice.ts';
import { escapeText } from '../core/text.ts';
import type { CleanRoom } from './clean-room.ts';
import { driverUses, type DriverUse } from './merge-drivers.ts';
import { missingObjects } from './missing-objects.ts';

/** A path's version on one side of a conflict: stage 1 the base, 2 the first commit, 3 the second. */
export interface Stage {
  readonly mode: string;
  readonly blob: BlobId;
  readonly stage: 1 | 2 | 3;
  readonly path: RepoPath;
}

export type MergeResult =
  | { readonly kind: 'clean'; readonly tree: TreeId }
  | ConflictedTree
  | { readonly kind: 'unrelated' }
  /** Git asked for merge drivers that are not approved, or that could not run: there is no verdict without them. */
  | { readonly kind: 'needs-driver'; readonly uses: readonly DriverUse[] };

/** What git makes of a merge that it stops on. */
export interface ConflictedTree extends ConflictInfo {
  readonly kind: 'conflicted';
  /** Holds the conflicts in the room's own markers. */
  readonly tree: TreeId;
  /** The same by git's own verdict, with its usual markers. */
  readonly plain: TreeId;
  /** Whether both stopped on the very same versions: markers are part of the merge base that git makes of several. */
  readonly alike: boolean;
  /** The commits that were merged, full ids: git names by them what it puts aside. */
  readonly labels: readonly [CommitId, CommitId];
}

export interface MergeOptions {
  /** Merge histories that have no commit in common too. */
  readonly allowUnrelated?: boolean;
}

/**
 * Merges two commits in the object store, no worktree and no index touched (git-merge-tree(1), --write-tree).
 * Both must be full ids: git answers "conflict" for a name that does not resolve.
 * Errors: `merge-failed` where git could not merge at all, `objects-missing` where a partial clone could not fetch.
 */
export async function mergeTree(room: CleanRoom, ours: CommitId, theirs: CommitId, options: MergeOptions = {}): Promise<MergeResult> {
  const args = ['merge-tree', '--write-tree', '-z', '--messages', ...(options.allowUnrelated === true ? ['--allow-unrelated-histories'] : []), ours, theirs];
  const result = await room.run(args, { accept: [0, 1, 128] });
  const uses = driverUses(result.stderr, room.drivers);
  if (uses.length > 0) return { kind: 'needs-driver', uses };
  if (result.exitCode === 128 && /unrelated histories/.test(result.stderr.toString('utf8'))) return { kind: 'unrelated' };
  const out = result.stdout.toString('latin1');
  const tree = result.exitCode === 128 ? null : leadingTree(out);
  if (tree === null) throw mergeFailed(ours, theirs, result.stderr.toString('utf8').trim());
  if (result.exitCode === 0) return { kind: 'clean', tree };
  const shown = (await room.marked.run(args, { accept: [0, 1] })).stdout.toString('latin1');
  const info = parseConflictInfo(out.slice(tree.length + 1));
  const marked = leadingTree(shown);
  const alike = marked !== null && versionsOf(parseConflictInfo(shown.slice(marked.length + 1))) === versionsOf(info);
  return { kind: 'conflicted', tree: marked ?? tree, plain: tree, alike, labels: [ours, theirs], ...info };
}

/** The versions that git stopped on, without what it has merged itself and may have marked. */
function versionsOf({ stages, messages }: ConflictInfo): string {
  const merged = mergedNames(messages);
  return JSON.stringify(stages.map((stage) => (stage.stage !== 1 && merged.has(stage.path) ? { ...stage, blob: null } : stage)));
}

/** The paths that keep a merge from being clean: in conflict, or a merge driver's that did not run. */
export function pathsThatStop(merged: MergeResult): RepoPath[] {
  const paths = merged.kind === 'conflicted' ? merged.stages.map(({ path }) => path) : merged.kind === 'needs-driver' ? merged.uses.map(({ path }) => path) : [];
  return [...new Set(paths)];
}

function leadingTree(out: string): TreeId | null {
  const [, tree] = /^([0-9a-f]{40,64})\0/.exec(out) ?? [];
  return tree === undefined ? null : (tree as TreeId);
}

function mergeFailed(ours: CommitId, theirs: CommitId, said: string): AiteamError {
  return missingObjects(said) ?? new AiteamError(`git could not merge ${theirs} onto ${ours}: ${escapeText(said)}`, { code: 'merge-failed' });
}

/** What git tells of one merge besides its tree. */
export interface ConflictInfo {
  readonly stages: readonly Stage[];
  readonly messages: readonly MergeMessage[];
}

/** Parses what follows the tree in the `-z` form: entries, an empty field, messages. */
export function parseConflictInfo(text: string): ConflictInfo {
  const { stages, messages } = readConflictInfo(text.split('\0'), 0);
  return { stages, messages };
}

/** The same from the field at `start` on; `end` is the first field that belongs to it no more. */
export function readConflictInfo(fields: readonly string[], start: number): ConflictInfo & { readonly end: number } {
  const stages: Stage[] = [];
  let at = start;
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
  return { stages, messages, end: at };
}
