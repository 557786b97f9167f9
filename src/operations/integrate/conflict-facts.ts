import type { MarkedConflict } from '../../core/conflict-markers.ts';
import { collisions, type Collision } from '../../core/hunks.ts';
import { EXCERPT_LINES, type ConflictFacts, type Excerpt, type OtherSide, type Sides, type Version } from '../../core/events.ts';
import type { CommitId } from '../../core/ids.ts';
import { landingOf, type Ledger } from '../../core/ledger.ts';
import { modesInConflict } from '../../core/settled-path.ts';
import { mergeBase } from '../../git/commits.ts';
import { blobHunks } from '../../git/blob-hunks.ts';
import type { Git } from '../../git/git.ts';
import { lastWriter } from '../../git/last-writer.ts';
import type { Stage } from '../../git/merge-tree.ts';
import { objectSizes, readObject } from '../../git/objects.ts';
import type { LandedAgent } from '../../core/events.ts';
import { conflictedPaths, versionsAt, type ConflictedPath } from './conflict-places.ts';
import type { ConflictedMerge } from './conflicted-merge.ts';

/** What the other side of a conflict is looked up in. */
export interface History {
  /** The branch that is landed on. */
  readonly target: string;
  readonly ledger: Ledger;
  /** What this run has stacked so far and not landed yet. */
  readonly stacked: readonly LandedAgent[];
}

/** Every conflict of a merge that git stopped on: for content one a hunk, otherwise one a path. */
export async function conflictFacts(git: Git, merge: ConflictedMerge, history: History): Promise<ConflictFacts[]> {
  const base = await mergeBase(git, merge.onto, merge.candidate.tip);
  const facts: ConflictFacts[] = [];
  for (const at of await conflictedPaths(git, merge, history.target)) {
    const common = { git, merge, history, base, at };
    facts.push(...await (at.marked === null ? pathConflicts(common) : hunkConflicts(common)));
  }
  return facts;
}

interface PathConflict {
  readonly git: Git;
  readonly merge: ConflictedMerge;
  readonly history: History;
  readonly base: CommitId | null;
  readonly at: ConflictedPath;
}

async function pathConflicts(conflict: PathConflict): Promise<ConflictFacts[]> {
  const sides = await sidesOf(conflict);
  const common = await shared(conflict, null);
  return conflict.at.places.map(({ id }) => ({ ...common, id, level: 'structural', lines: null, excerpt: null, sides }));
}

async function hunkConflicts(conflict: PathConflict): Promise<ConflictFacts[]> {
  const found = await collisionsOf(conflict);
  const { places } = conflict.at;
  const modes = modesInConflict(conflict.at.stages);
  return Promise.all(places.map(async ({ id, section }, index) => {
    // Git's sections and the hunks that touch are two views of one merge; without agreement the lines are not claimed.
    const place = found.length === places.length ? found[index] : undefined;
    return {
      ...await shared(conflict, place === undefined ? null : changedLines(place)),
      id, level: 'content' as const, lines: place === undefined ? null : [place.start, place.end] as const, excerpt: section === null ? null : excerptOf(section), ...(modes === null ? {} : { modes }),
    };
  }));
}

async function shared(conflict: PathConflict, lines: readonly [number, number] | null): Promise<Omit<ConflictFacts, 'id' | 'level' | 'lines' | 'excerpt' | 'sides'>> {
  const { candidate, onto } = conflict.merge;
  return { agent: candidate.agent, target: conflict.history.target, path: conflict.at.path, type: conflict.at.type, base: conflict.base, tip: candidate.tip, onto, other: await otherSide(conflict, lines) };
}

async function collisionsOf(conflict: PathConflict): Promise<Collision[]> {
  const [base, onto, tip] = ([1, 2, 3] as const).map((stage) => stageOf(conflict, stage)?.blob);
  if (base === undefined || onto === undefined || tip === undefined) return [];
  return collisions(await blobHunks(conflict.git, base, onto), await blobHunks(conflict.git, base, tip));
}

function stageOf(conflict: PathConflict, stage: 1 | 2 | 3): Stage | undefined {
  return conflict.at.stages.find((entry) => entry.stage === stage);
}

async function sidesOf({ git, at }: PathConflict): Promise<Sides> {
  const versions = versionsAt(at);
  const own = [versions.base, versions.target, versions.agent];
  const sizes = await objectSizes(git, own.map((version) => version?.blob ?? ''));
  const [base = null, onto = null, tip = null] = await Promise.all(own.map(async (version, index): Promise<Version | null> => {
    if (version === null) return null;
    const link = version.mode === '120000' ? ((await readObject(git, version.blob))?.toString('latin1') ?? null) : null;
    const elsewhere = at.renamed === null || version.path === at.path ? {} : { path: version.path };
    return { mode: version.mode, blob: version.blob, size: sizes[index] ?? null, link, ...elsewhere };
  }));
  return { base, onto, tip, ...(at.renamed?.marked == null ? {} : { linesToo: true }) };
}

/** The lines of the side merged onto, 1-based, half-open. */
function changedLines(place: Collision): readonly [number, number] {
  return [Math.min(...place.a.map((hunk) => hunk.newStart)), Math.max(...place.a.map((hunk) => hunk.newEnd))];
}

async function otherSide(conflict: PathConflict, lines: readonly [number, number] | null): Promise<OtherSide> {
  const theirs = conflict.at.renamed === null ? stageOf(conflict, 2) : versionsAt(conflict.at).target;
  const commit = await lastWriter(conflict.git, { base: conflict.base, tip: conflict.merge.onto }, { path: theirs?.path ?? conflict.at.path, blob: theirs?.blob ?? null, lines });
  if (commit === null) return { kind: 'unknown' };
  const stacked = conflict.history.stacked.find((landed) => landed.commit === commit);
  if (stacked !== undefined) return { kind: 'agent', agent: stacked.agent, commit };
  const landed = landingOf(conflict.history.ledger.landings.values(), commit)?.agents.find((entry) => entry.commit === commit);
  return landed === undefined ? { kind: 'human', commit } : { kind: 'agent', agent: landed.agent, commit };
}

function excerptOf(section: MarkedConflict): Excerpt {
  const cut = (lines: readonly string[]): string[] => lines.slice(0, EXCERPT_LINES).map((line) => line.replace(/\n$/, '').slice(0, 400));
  return { base: cut(section.base), onto: cut(section.first), tip: cut(section.second) };
}
