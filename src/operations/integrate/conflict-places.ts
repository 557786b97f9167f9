import { createHash } from 'node:crypto';
import { byPath, conflictType } from '../../core/conflict-type.ts';
import { markedConflicts, type MarkedConflict } from '../../core/conflict-markers.ts';
import type { AgentId, BlobId, RepoPath, TreeId } from '../../core/ids.ts';
import { withoutLabel } from '../../core/overlap.ts';
import { renamedTwice, type RenamedTwice } from '../../core/renamed-twice.ts';
import { modesInConflict } from '../../core/settled-path.ts';
import type { Side } from '../../core/take.ts';
import { ROOM_MARKER_SIZE } from '../../git/clean-room.ts';
import { treeChanges } from '../../git/diff.ts';
import type { Git } from '../../git/git.ts';
import type { Stage } from '../../git/merge-tree.ts';
import { readObjects } from '../../git/objects.ts';
import { foldersIn } from '../../git/tree-entry.ts';
import type { ConflictedMerge } from './conflicted-merge.ts';

/** Everything that git stopped on at one path of a merge. */
export interface ConflictedPath {
  /** As both sides know it, whatever git has put aside. Empty where git names none. */
  readonly path: RepoPath;
  readonly type: string;
  /** The versions there, at the paths that git put them. */
  readonly stages: readonly Stage[];
  /** The file with the room's markers; null where the conflict is not about lines. */
  readonly marked: { readonly text: string; readonly mode: string } | null;
  /** Where both sides renamed the file, each to a name of its own; null otherwise. */
  readonly renamed: RenamedFile | null;
  readonly places: readonly ConflictPlace[];
}

/** A file that git knows by two names: `path` is the one that it had. */
interface RenamedFile {
  readonly names: RenamedTwice['names'];
  /** The sides' own versions; the stages have git's merge of both. */
  readonly blobs: Readonly<Record<Side, BlobId>>;
  /** That merge with markers one longer than the room's, where its lines are in conflict as well; null where they are not. */
  readonly marked: string | null;
}

/** One conflict: for content one hunk, otherwise the path. */
export interface ConflictPlace {
  /** The beginning of `key`, for people. */
  readonly id: string;
  /** Derived from agent, target, path and the versions at that place (of a file and a folder, all that the folder holds): meeting the same conflict again gives the same. */
  readonly key: string;
  readonly section: MarkedConflict | null;
}

/** The paths on which git stopped, each with its conflicts. */
export async function conflictedPaths(git: Git, merge: ConflictedMerge, target: string): Promise<ConflictedPath[]> {
  const { agent } = merge.candidate;
  const changed = new Map((await treeChanges(git, merge.onto, merge.tree)).map((change) => [change.path, change]));
  const renamed = renamedTwice(merge.stages, merge.messages);
  const apart = new Set(renamed.flatMap(({ stages }) => stages.map(({ path }) => path)));
  const groups = [...byPath(merge.stages.filter(({ path }) => !apart.has(path)).map((stage) => ({ path: withoutLabel(stage.path, merge.labels), stage })))]
    .map(([path, entries]) => ({ path, type: typeOf(merge, path, entries.map(({ stage }) => stage)), stages: entries.map(({ stage }) => stage) }));
  const texts = await markedTexts(git, groups.map(({ path, type }) => (type === 'contents' ? changed.get(path)?.newBlob : undefined)));
  const folders = await foldersAt(git, merge, groups);
  const found = groups.map((group, index): ConflictedPath => {
    const text = texts[index] ?? null;
    const sections = text === null ? [] : markedConflicts(text, ROOM_MARKER_SIZE);
    if (text === null || sections.length === 0) return pathConflict(agent, target, group, folders.get(group.path) ?? null);
    // Where the mode is in conflict too, it comes with the lines; else git has merged it like all that is outside of the hunks.
    const modes = Object.values(modesInConflict(group.stages) ?? {});
    const places = numbered(sections).map(({ section, number }) => ({ ...keyOf(agent, target, group, [section.base.join(''), section.first.join(''), section.second.join(''), ...number, ...modes]), section }));
    return { ...group, marked: { text, mode: changed.get(group.path)?.newMode ?? '100644' }, renamed: null, places };
  });
  return [...await renamedPaths(git, merge, target, renamed), ...found, ...withoutStages(merge, groups).map((path) => pathConflict(agent, target, { path, type: conflictType(merge.messages, path, []), stages: [] }, null))];
}

/** The version of each side at a path, as the side itself has it; null where it has none. */
export function versionsAt({ path, stages, renamed }: ConflictedPath): Readonly<Record<'base' | Side, Pick<Stage, 'mode' | 'blob' | 'path'> | null>> {
  const [base, target, agent] = ([1, 2, 3] as const).map((stage) => stages.find((entry) => entry.stage === stage) ?? null);
  const own = (entry: Stage | null | undefined, side: Side): Pick<Stage, 'mode' | 'blob' | 'path'> | null => (entry == null ? null : { mode: entry.mode, blob: renamed?.blobs[side] ?? entry.blob, path: renamed?.names[side] ?? path });
  return { base: base ?? null, target: own(target, 'target'), agent: own(agent, 'agent') };
}

/** The files that both sides renamed: one conflict each, bound to all three versions and to both names. */
async function renamedPaths(git: Git, merge: ConflictedMerge, target: string, renamed: readonly RenamedTwice[]): Promise<ConflictedPath[]> {
  if (renamed.length === 0) return [];
  const changed = new Map((await treeChanges(git, merge.onto, merge.candidate.tip)).map((change) => [change.path, change]));
  const texts = await readObjects(git, renamed.map(({ names }) => `${merge.tree}:${names.agent}`));
  return renamed.map(({ from, names, stages }, index) => {
    const text = texts[index]?.toString('latin1') ?? '';
    const blobs = { target: changed.get(names.target)?.oldBlob ?? ('' as BlobId), agent: changed.get(names.agent)?.newBlob ?? ('' as BlobId) };
    const file = { names, blobs, marked: markedConflicts(text, RENAMED_MARKER_SIZE).length > 0 ? text : null };
    const group = { path: from, type: conflictType(merge.messages, from, stages), stages };
    const base = stages.find(({ stage }) => stage === 1);
    const versions = [`${base?.mode} ${base?.blob} 1`, ...(['target', 'agent'] as const).map((side) => `${stages.find(({ path }) => path === names[side])?.mode} ${blobs[side]} ${names[side]}`)];
    return { ...group, marked: null, renamed: file, places: [{ ...keyOf(merge.candidate.agent, target, group, versions), section: null }] };
  });
}

/** Git merges such a file as part of a greater merge (`extra_marker_size` in its merge-ort.c). */
export const RENAMED_MARKER_SIZE = ROOM_MARKER_SIZE + 1;

/** Where git stops without a stage, as where a folder was renamed to several; no side can be taken there. */
function withoutStages({ messages, stages }: ConflictedMerge, groups: readonly Pick<ConflictedPath, 'path'>[]): RepoPath[] {
  const known = new Set([...stages, ...groups].map(({ path }) => path));
  const paths = messages.filter(({ type, paths }) => type.startsWith('CONFLICT') && !paths.some((path) => known.has(path))).map(({ paths: [path] }) => path ?? ('' as RepoPath));
  return paths.length + known.size > 0 ? [...new Set(paths)] : ['' as RepoPath];
}

/** Git tells of what it put aside by the path that it has there. */
function typeOf({ messages }: ConflictedMerge, path: RepoPath, stages: readonly Stage[]): string {
  const types = [...new Set([...stages.map((stage) => stage.path), path])].map((name) => conflictType(messages, name, stages));
  return types.find((type) => type !== 'unknown') ?? 'unknown';
}

/** The folders that stand where git put a file aside: to take the file is to lose all that is in them. */
async function foldersAt(git: Git, merge: ConflictedMerge, groups: readonly Pick<ConflictedPath, 'path' | 'stages'>[]): Promise<ReadonlyMap<RepoPath, TreeId>> {
  const aside = new Set(groups.filter(({ path, stages }) => stages.some((stage) => stage.path !== path)).map(({ path }) => path));
  return aside.size === 0 ? new Map() : new Map((await foldersIn(git, merge.plain)).filter(({ path }) => aside.has(path)).map(({ path, id }) => [path, id]));
}

function pathConflict(agent: AgentId, target: string, group: Pick<ConflictedPath, 'path' | 'type' | 'stages'>, folder: TreeId | null): ConflictedPath {
  const versions = [...group.stages.map(({ mode, blob, stage }) => `${mode} ${blob} ${stage}`), ...(folder === null ? [] : [`folder ${folder}`])];
  return { ...group, marked: null, renamed: null, places: [{ ...keyOf(agent, target, group, versions), section: null }] };
}

/** Each hunk, with which one it is and of how many where a file has several that read the same. */
function numbered(sections: readonly MarkedConflict[]): { readonly section: MarkedConflict; readonly number: readonly string[] }[] {
  const texts = sections.map((section) => JSON.stringify(section));
  return sections.map((section, index) => {
    const alike = texts.flatMap((text, at) => (text === texts[index] ? [at] : []));
    return { section, number: alike.length === 1 ? [] : [`${alike.indexOf(index) + 1} of ${alike.length}`] };
  });
}

function keyOf(agent: AgentId, target: string, { path, type }: Pick<ConflictedPath, 'path' | 'type'>, versions: readonly string[]): Pick<ConflictPlace, 'id' | 'key'> {
  const key = createHash('sha256').update(JSON.stringify([agent, target, path, type, ...versions]), 'latin1').digest('hex');
  return { key, id: key.slice(0, 8) };
}

async function markedTexts(git: Git, blobs: readonly (BlobId | undefined)[]): Promise<(string | null)[]> {
  const wanted = [...new Set(blobs.filter((blob) => blob !== undefined))];
  const contents = await readObjects(git, wanted);
  const texts = new Map(wanted.map((blob, index) => [blob, contents[index]?.toString('latin1') ?? '']));
  return blobs.map((blob) => (blob === undefined ? null : (texts.get(blob) ?? '')));
}
