import { refusal, usageError, type AiteamError } from '../../core/errors.ts';
import { EXCERPT_LINES, type Event } from '../../core/events.ts';
import type { AgentId, BlobId } from '../../core/ids.ts';
import { placeOf } from '../../core/place.ts';
import { settledLines } from '../../core/settled-file.ts';
import type { PathEdit } from '../../core/settled-path.ts';
import { parseTake, takeText, type SideNames, type Take } from '../../core/take.ts';
import { escapeText, truncate } from '../../core/text.ts';
import { writeBlob } from '../../git/objects.ts';
import { failpoint } from '../../process/failpoint.ts';
import { keepResolutions, keptResolutions, type KeptResolution, type NewResolution } from '../../state/resolutions.ts';
import { callerName } from '../caller.ts';
import type { Context } from '../context.ts';
import { conflictedPaths, versionsAt, type ConflictedPath, type ConflictPlace } from '../integrate/conflict-places.ts';
import { integrateCommand } from '../integrate/into.ts';
import { handBacksOver, isAboutConflicts } from '../integrate/record.ts';
import { editsOf, takeFor } from '../integrate/settled-merge.ts';
import { takeSnapshot } from '../integrate/snapshot.ts';
import type { ConflictedMerge } from '../integrate/conflicted-merge.ts';
import { openMergeRoom } from '../merge-room.ts';
import { refreshViews } from '../refresh-views.ts';
import { refreshed, type Workspace } from '../workspace.ts';
import { mergeNow } from './judge.ts';
import { entryOf, judged, type ConflictEntry } from './list.ts';
import { needsDriver } from './needs-driver.ts';
import { selectConflicts, type Selection } from './select.ts';

/** A conflict with what was taken of it. */
export interface Taken {
  readonly entry: ConflictEntry;
  readonly take: Take;
  /** The lines that stand there then, bytes (latin1), at most `EXCERPT_LINES`; null where it is not about lines. */
  readonly lines: readonly string[] | null;
  /** Where it is not about lines: what becomes of each path. */
  readonly edits: readonly PathEdit[];
  /** What was taken before, where that was something else; its commit stays reachable. */
  readonly before: KeptResolution | null;
}

export interface TakenSides {
  readonly taken: readonly Taken[];
  /** What is left of the same branches' conflicts. */
  readonly left: readonly ConflictEntry[];
  /** What lands the branches of which nothing is left. */
  readonly landsBy: readonly string[];
}

/**
 * Settles conflicts by keeping a side's version, or both sides' lines, without any checkout: what is taken is kept, and used and
 * gated by the next `integrate`. All or none. Errors: those of `selectConflicts`, `unknown-side`, `one-side`, `needs-worktree`,
 * `needs-driver`, `conflict-over`, `resolution-raced`.
 */
export async function takeSides(context: Context, selection: Selection, typed: string): Promise<TakenSides> {
  const workspace = await judged(context);
  const by = callerName(workspace);
  const chosen = selectConflicts(workspace, selection).map((entry) => ({ entry, take: chosenTake(entry, typed) }));
  const kept = await keptResolutions(workspace.git);
  const made: Made[] = [];
  for (const [target, agent] of branchesOf(chosen.map(({ entry }) => entry))) {
    const own = chosen.filter(({ entry }) => entry.target === target && entry.conflict.agent === agent);
    made.push(...await resolutionsFor(workspace, { target, agent, own, kept, by }));
  }
  const commits = await keepResolutions(workspace.git, made.map(({ resolution }) => resolution));
  if (commits === null) throw refusal('resolution-raced', 'somebody else settled one of them at the same moment', 'aiteam conflicts');
  failpoint('resolution-kept');
  workspace.journal.append(...made.flatMap(({ resolution: { id, take } }): Event[] => {
    const commit = commits.get(id);
    return commit === undefined ? [] : [{ kind: 'resolution', id, take, by, commit }];
  }));
  const now = refreshed(workspace);
  const result = { taken: made.map(({ taken }) => ({ ...taken, entry: entryOf(now, taken.entry.conflict) })), ...leftOf(now, chosen.map(({ entry }) => entry)) };
  const over = new Set(result.taken.map(({ entry }) => entry.conflict.agent).filter((agent) => openOf(now, agent).every(({ resolution }) => resolution !== null)));
  now.journal.append(...handBacksOver(now.ledger, over, isAboutConflicts));
  await refreshViews(refreshed(now));
  return result;
}

/** What the sides of a conflict are called. */
export function sideNames({ conflict, target }: Pick<ConflictEntry, 'conflict' | 'target'>): SideNames {
  const { agent, other } = conflict;
  return { agent, target, other: other.kind === 'agent' && other.agent !== agent ? other.agent : null };
}

function chosenTake(entry: ConflictEntry, typed: string): Take {
  const names = sideNames(entry);
  const { conflict } = entry;
  const take = parseTake(typed, names);
  const [agent, target] = [names.agent, escapeText(names.target)];
  const both = conflict.level === 'content' ? `, or both in an order: ${agent},${target}` : '';
  if (take === null) throw usageError('unknown-side', `"${truncate(escapeText(typed), 60)}" names no side of conflict ${conflict.id}: take ${agent} or ${target}${both}`, `aiteam conflicts show ${conflict.id}`);
  if (take.length === 2 && conflict.level !== 'content') throw refusal('one-side', `conflict ${conflict.id} (${placeOf(conflict)}) is not about lines: one side is to be taken`, `aiteam conflicts resolve ${conflict.id} --take ${agent}`, `aiteam conflicts resolve ${conflict.id} --take ${target}`);
  return take;
}

interface Chosen {
  readonly entry: ConflictEntry;
  readonly take: Take;
}

interface Made {
  readonly taken: Taken;
  readonly resolution: NewResolution;
}

async function resolutionsFor(workspace: Workspace, branch: { target: string; agent: AgentId; own: readonly Chosen[]; kept: ReadonlyMap<string, KeptResolution>; by: string }): Promise<Made[]> {
  const { target, agent, own, kept, by } = branch;
  const snapshot = await takeSnapshot(workspace, target);
  const now = snapshot === null ? null : await mergeNow(workspace, await openMergeRoom(workspace, snapshot.targetTip), snapshot, agent);
  if (now?.kind === 'untold') throw needsDriver(now.drivers, agent);
  if (now?.kind !== 'conflicted') throw refusal('conflict-over', `${agent}'s branch merges cleanly onto ${escapeText(target)} now`, 'aiteam conflicts');
  const paths = await conflictedPaths(workspace.git, now.merge, target);
  const made: Made[] = [];
  for (const chosen of own) {
    const { id } = chosen.entry.conflict;
    const at = paths.find(({ places }) => places.some((place) => place.id === id));
    const place = at?.places.find((one) => one.id === id);
    if (at === undefined || place === undefined) throw refusal('conflict-over', `conflict ${id} is over`, 'aiteam conflicts');
    // What is not settled yet in the same file is taken alike, only to see whether it can be.
    const takes = at.places.map((one) => own.find(({ entry }) => entry.conflict.id === one.id)?.take ?? takeFor(kept, one) ?? chosen.take);
    const edits = await editsOf(workspace.git, now.merge, at, takes);
    if (edits === null) throw needsWorktree(chosen.entry, now.merge, at);
    const taken = { entry: chosen.entry, take: chosen.take, lines: place.section === null ? null : settledLines(place.section, chosen.take).slice(0, EXCERPT_LINES), edits: place.section === null ? edits : [], before: beforeOf(kept, place, chosen.take) };
    made.push({ taken, resolution: await resolutionOf(workspace, now.merge, { at, place, taken, by }) });
  }
  return made;
}

/** The resolution that another take replaces. */
function beforeOf(kept: ReadonlyMap<string, KeptResolution>, place: ConflictPlace, take: Take): KeptResolution | null {
  const before = takeFor(kept, place);
  return before === null || before.join() === take.join() ? null : (kept.get(place.id) ?? null);
}

async function resolutionOf({ git }: Workspace, merge: ConflictedMerge, { at, place, taken, by }: { at: ConflictedPath; place: ConflictPlace; taken: Taken; by: string }): Promise<NewResolution> {
  const { take, entry } = taken;
  const { section } = place;
  const lines = async (text: readonly string[]): Promise<{ mode: string; blob: BlobId }> => ({ mode: '100644', blob: await writeBlob(git, Buffer.from(text.join(''), 'latin1')) });
  const versions = section === null
    ? { ...versionsAt(at), result: taken.edits.find(({ entry: edited }) => edited !== null)?.entry ?? null }
    : { base: await lines(section.base), target: await lines(section.first), agent: await lines(section.second), result: await lines(settledLines(section, take)) };
  return {
    id: place.id, key: place.key, take, by, tips: [merge.candidate.tip, merge.onto], versions,
    subject: `${entry.conflict.agent}: ${placeOf(entry.conflict)}: take ${escapeText(takeText(take, sideNames(entry)))}`,
  };
}

function needsWorktree({ conflict }: ConflictEntry, merge: ConflictedMerge, at: ConflictedPath): AiteamError {
  const why = at.stages.length === 0 ? 'git names no single path for it'
    : !merge.alike ? 'git merges from several points at which the branches had met before'
    : at.marked === null ? 'one side has several versions there'
    : 'the sides differ in the mode of the file too, or its lines look like markers';
  return refusal('needs-worktree', `conflict ${conflict.id} (${placeOf(conflict)}) cannot be settled by taking sides: ${why}`, `settle it in ${conflict.agent}'s worktree: aiteam conflicts resolve ${conflict.id} --in-worktree`);
}

function leftOf(workspace: Workspace, chosen: readonly ConflictEntry[]): Pick<TakenSides, 'left' | 'landsBy'> {
  const branches = branchesOf(chosen).map(([target, agent]) => ({ target, agent, left: openOf(workspace, agent).filter((entry) => entry.target === target && entry.resolution === null) }));
  return {
    left: branches.flatMap(({ left }) => left),
    landsBy: branches.filter(({ left }) => left.length === 0).map(({ target, agent }) => `${integrateCommand(workspace, target)} ${agent}`),
  };
}

function openOf(workspace: Workspace, agent: AgentId): ConflictEntry[] {
  return [...workspace.ledger.conflicts.values()].filter((conflict) => conflict.closed === null && conflict.agent === agent).map((conflict) => entryOf(workspace, conflict));
}

/** Each target and agent of these, once. */
function branchesOf(entries: readonly ConflictEntry[]): [target: string, agent: AgentId][] {
  return [...new Map(entries.map(({ target, conflict: { agent } }) => [JSON.stringify([target, agent]), [target, agent] as [string, AgentId]])).values()];
}
