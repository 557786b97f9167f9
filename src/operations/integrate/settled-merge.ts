import { join } from 'node:path';
import { hasMarker, markedConflicts } from '../../core/conflict-markers.ts';
import type { RepoPath, TreeId } from '../../core/ids.ts';
import { settledFile } from '../../core/settled-file.ts';
import { hasNoQuestion, settledMode, settledPath, type PathEdit } from '../../core/settled-path.ts';
import type { Take } from '../../core/take.ts';
import { ROOM_MARKER_SIZE } from '../../git/clean-room.ts';
import { editedTree } from '../../git/edited-tree.ts';
import type { Git } from '../../git/git.ts';
import { readObjects, writeBlob } from '../../git/objects.ts';
import { keptResolutions, type KeptResolution } from '../../state/resolutions.ts';
import type { Workspace } from '../workspace.ts';
import { conflictedPaths, RENAMED_MARKER_SIZE, type ConflictedPath, type ConflictPlace } from './conflict-places.ts';
import type { ConflictedMerge } from './conflicted-merge.ts';

/** A conflicted merge with what is recorded of its conflicts. */
export interface Settling {
  /** The tree, where all of them are settled. */
  readonly tree: TreeId | null;
  /** Each settled place, in the order of the merge. */
  readonly settled: readonly SettledPlace[];
}

export interface SettledPlace {
  readonly id: string;
  readonly path: RepoPath;
  readonly take: Take;
}

/** Settles a merge that git stops on by the resolutions that are kept. */
export async function settleMerge(workspace: Workspace, merge: ConflictedMerge, target: string): Promise<Settling> {
  const kept = await keptResolutions(workspace.git);
  if (kept.size === 0) return { tree: null, settled: [] };
  const paths = await conflictedPaths(workspace.git, merge, target);
  const settled = paths.flatMap(({ path, places }) => places.flatMap((place) => {
    const take = takeFor(kept, place);
    return take === null ? [] : [{ id: place.id, path, take }];
  }));
  const edits: PathEdit[] = [];
  for (const at of paths) {
    const own = await editsOf(workspace.git, merge, at, at.places.map((place) => takeFor(kept, place)));
    if (own === null) return { tree: null, settled };
    edits.push(...own);
  }
  const index = join(workspace.layout.cleanRoom, `settled-${process.pid}.index`);
  return { tree: await editedTree(workspace.git, merge.plain, edits, index), settled };
}

/** The take that is kept for a place; an id alone may be another conflict's. */
export function takeFor(kept: ReadonlyMap<string, KeptResolution>, { id, key }: ConflictPlace): Take | null {
  const resolution = kept.get(id);
  return resolution?.key === key ? resolution.take : null;
}

/** What settles one path of a merge; null where takes are missing or cannot settle it. */
export async function editsOf(git: Git, merge: ConflictedMerge, at: ConflictedPath, takes: readonly (Take | null)[]): Promise<readonly PathEdit[] | null> {
  if (at.renamed !== null) return merge.alike ? renamedEdits(git, at, at.renamed, takes[0] ?? null) : null;
  if (at.marked === null) return merge.alike || hasNoQuestion(at.stages) ? settledPath(at.path, at.stages, takes[0] ?? null) : null;
  const whole = takes.filter((take) => take !== null);
  const mode = settledMode(at.marked.mode, at.stages, whole);
  if (!merge.alike || whole.length < takes.length || mode === null) return null;
  const [target = null, agent = null, base = null] = await readObjects(git, ([2, 3, 1] as const).map((stage) => at.stages.find((entry) => entry.stage === stage)?.blob ?? ''));
  const texts = { target: target?.toString('latin1') ?? '', agent: agent?.toString('latin1') ?? '' };
  // Where a line of the file looks like a marker of ours, nobody can tell the two apart.
  if ([texts.target, texts.agent, base?.toString('latin1') ?? ''].some((text) => hasMarker(text, ROOM_MARKER_SIZE))) return null;
  const text = settledFile(at.marked.text, ROOM_MARKER_SIZE, whole, texts);
  return text === null ? null : [{ path: at.path, entry: { mode, blob: await writeBlob(git, Buffer.from(text, 'latin1')) } }];
}

/** A file that both sides renamed gets the name of the side that is taken, and its lines wherever git could not merge them. */
async function renamedEdits(git: Git, { path: old, stages }: ConflictedPath, { names, blobs, marked }: NonNullable<ConflictedPath['renamed']>, take: Take | null): Promise<readonly PathEdit[] | null> {
  if (take === null) return null;
  // Neither side has anything at the old name.
  const edits = settledPath(names[take[0]], stages, take)?.filter(({ path }) => path !== old) ?? null;
  if (edits === null || marked === null) return edits;
  const [target, agent] = (await readObjects(git, [blobs.target, blobs.agent])).map((text) => text?.toString('latin1') ?? '');
  if (target === undefined || agent === undefined || [target, agent].some((text) => hasMarker(text, RENAMED_MARKER_SIZE))) return null;
  const text = settledFile(marked, RENAMED_MARKER_SIZE, markedConflicts(marked, RENAMED_MARKER_SIZE).map(() => take), { target, agent });
  if (text === null) return null;
  const blob = await writeBlob(git, Buffer.from(text, 'latin1'));
  return edits.map(({ path, entry }) => ({ path, entry: entry === null ? null : { ...entry, blob } }));
}
