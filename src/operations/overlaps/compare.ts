import { createHash } from 'node:crypto';
import type { OverlapFacts, OverlapSide } from '../../core/overlap-facts.ts';
import type { BlobId, RepoPath, TreeId } from '../../core/ids.ts';
import { adviceFor } from '../../core/overlap-advice.ts';
import { meetings, placesOf, withoutLabel, type Meeting, type Place } from '../../core/overlap.ts';
import type { PatchHunk } from '../../core/patch-hunks.ts';
import { pathMatcher } from '../../core/path-patterns.ts';
import { manyBlobHunks } from '../../git/blob-hunks.ts';
import { brokenEntries, manyTreeChanges } from '../../git/diff.ts';
import type { CleanRoom } from '../../git/clean-room.ts';
import { batchedMerges, type BatchedMerge } from '../../git/merge-batch.ts';
import type { DriverUse } from '../../git/merge-drivers.ts';
import { AiteamError } from '../../core/errors.ts';
import type { Workspace } from '../workspace.ts';
import type { Contender } from './contenders.ts';
import { ownersIn, type Owners } from './owners.ts';
import type { Pairing } from './pairs.ts';

interface Met {
  readonly pair: Pairing;
  readonly meeting: Meeting;
}

/** One place on which two meet. */
export interface Found extends Met {
  readonly place: Place;
}

/** What every pair meets on, with the owners of the lines, by one run of merges in the room. Errors: `merge-failed` where git ended before the last. */
export async function compare(workspace: Workspace, room: CleanRoom, pairs: readonly Pairing[]): Promise<OverlapFacts[]> {
  const owners = ownersIn(workspace, room);
  const found = await findPlaces(workspace, room, pairs);
  return Promise.all(found.map(async (one) => factsOf(one, one.meeting.verdict === 'conflict' ? await ownerOf(owners, one) : null)));
}

/** The places on which every pair meets, nobody asked who owns them. Errors: as above. */
export async function findPlaces(workspace: Workspace, room: CleanRoom, pairs: readonly Pairing[]): Promise<Found[]> {
  const { merges, uses } = await batchedMerges(room, pairs.map(({ merge }) => merge));
  if (merges.length < pairs.length) throw new AiteamError(`git made ${merges.length} of ${pairs.length} merges and ended`, { code: 'merge-failed', hints: ['aiteam doctor'] });
  const met = pairs.flatMap((pair, index) => meetings(merges[index] as BatchedMerge)
    .map((meeting) => ({ pair, meeting: withDriver({ ...meeting, path: withoutLabel(meeting.path, pair.merge) }, uses) })));
  met.push(...await brokenMerges(room, pairs, merges));
  const hunks = await hunksOf(room, met);
  const isMechanical = pathMatcher(workspace.config.mechanical);
  return met.flatMap((one) => placesOf(one.meeting, isMechanical(one.meeting.path), hunks(one.meeting)).map((place) => ({ ...one, place })));
}

/** What git calls merged and then fails to check out: only where it moved a path along with a renamed folder. */
async function brokenMerges(room: CleanRoom, pairs: readonly Pairing[], merges: readonly BatchedMerge[]): Promise<Met[]> {
  const moved = pairs.flatMap((pair, index) => {
    const merge = merges[index];
    return merge?.clean === true && merge.messages.some(({ type }) => type !== 'Auto-merging') ? [{ pair, tree: merge.tree }] : [];
  });
  if (moved.length === 0) return [];
  const firsts = (await room.text(['rev-parse', ...moved.map(({ pair }) => `${pair.merge[0]}^{tree}`)])).split('\n') as TreeId[];
  const changes = await manyTreeChanges(room, moved.map(({ tree }, index) => [firsts[index] ?? tree, tree]));
  return moved.flatMap(({ pair }, index) => brokenEntries(changes[index] ?? []).map((path) => ({ pair, meeting: { path, verdict: 'conflict' as const, type: 'tree broken', blobs: null, first: null } })));
}

/** A path that a merge driver should have merged which may not run here: nobody knows what it would say. */
function withDriver(meeting: Meeting, uses: readonly DriverUse[]): Meeting {
  const use = meeting.verdict === 'conflict' ? uses.find(({ path }) => path === meeting.path) : undefined;
  return use === undefined ? meeting : { ...meeting, type: `merge driver ${use.driver} did not run`, blobs: null };
}

/** The hunks of both sides of every file that is merged by lines, each pair of blobs compared once. */
async function hunksOf(room: CleanRoom, met: readonly Met[]): Promise<(meeting: Meeting) => readonly [PatchHunk[], PatchHunk[]] | null> {
  const pairs = new Map<string, readonly [BlobId, BlobId]>();
  for (const { meeting } of met) {
    for (const side of meeting.blobs?.slice(1) ?? []) pairs.set(`${meeting.blobs?.[0]} ${side}`, [meeting.blobs?.[0] as BlobId, side as BlobId]);
  }
  const found = await manyBlobHunks(room, [...pairs.values()]);
  const hunks = new Map([...pairs.keys()].map((key, index) => [key, found[index] ?? []]));
  return ({ blobs }) => (blobs === null ? null : [hunks.get(`${blobs[0]} ${blobs[1]}`) ?? [], hunks.get(`${blobs[0]} ${blobs[2]}`) ?? []]);
}

/** A place as it is shown and recorded. */
export function factsOf({ pair, meeting, place }: Found, owner: OverlapFacts['owner']): OverlapFacts {
  const { path, verdict, type } = meeting;
  const sides = [sideOf(pair.a, meeting), sideOf(pair.b, meeting)] as const;
  const facts = { path, verdict, type, level: place.level, lines: place.lines, sides };
  return {
    id: overlapId(facts, meeting),
    ...facts,
    owner,
    advice: verdict === 'conflict' ? adviceFor(standingOf(pair.a, meeting), standingOf(pair.b, meeting)) : null,
  };
}

function sideOf(side: Contender | null, { path }: Meeting): OverlapSide {
  if (side === null) return { agent: null, commit: null };
  return { agent: side.agent, commit: isUncommitted(side, path) ? null : side.tip };
}

/** A renamed path may be another one in the worktree; where nothing is committed, it is uncommitted as well. */
function isUncommitted({ uncommitted, standing }: Contender, path: RepoPath): boolean {
  return uncommitted.has(path) || standing.firstCommitTime === Number.POSITIVE_INFINITY;
}

function standingOf(side: Contender | null, { path }: Meeting): Parameters<typeof adviceFor>[0] {
  if (side === null) return { agent: null, uncommitted: false, ready: false, firstCommitTime: 0 };
  return { ...side.standing, uncommitted: isUncommitted(side, path) };
}

async function ownerOf(owners: Owners, { pair: { a, merge }, meeting: { path, blobs, first }, place: { lines, sideLines } }: Found): Promise<OverlapFacts['owner']> {
  if (a === null) return owners.onFirst(merge, { path, blob: first, lines: sideLines?.[0] ?? null });
  return blobs === null ? null : owners.inBase(merge, { path, blob: blobs[0], lines });
}

/** Derived from who meets whom where, not from what they have written there by now: it is the same while they go on. */
function overlapId({ path, type, lines, sides }: Pick<OverlapFacts, 'path' | 'type' | 'lines' | 'sides'>, { blobs }: Meeting): string {
  const names = sides.map(({ agent }) => agent ?? '');
  return createHash('sha256').update(JSON.stringify([names, path, type, blobs?.[0] ?? null, lines?.[0] ?? null]), 'latin1').digest('hex').slice(0, 8);
}
