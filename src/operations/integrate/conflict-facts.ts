import { createHash } from 'node:crypto';
import { byPath, conflictType } from '../../core/conflict-type.ts';
import { markedConflicts, type MarkedConflict } from '../../core/conflict-markers.ts';
import { collisions, type Collision } from '../../core/hunks.ts';
import { EXCERPT_LINES, type ConflictFacts, type Excerpt, type OtherSide, type Sides, type Version } from '../../core/events.ts';
import type { CommitId, RepoPath } from '../../core/ids.ts';
import { landingOf, type Ledger } from '../../core/ledger.ts';
import { ROOM_MARKER_SIZE } from '../../git/clean-room.ts';
import { mergeBase } from '../../git/commits.ts';
import { blobHunks } from '../../git/blob-hunks.ts';
import { treeChanges } from '../../git/diff.ts';
import type { Git } from '../../git/git.ts';
import { lastWriter } from '../../git/last-writer.ts';
import type { Stage } from '../../git/merge-tree.ts';
import { objectSizes, readObject } from '../../git/objects.ts';
import type { LandedAgent } from '../../core/events.ts';
import type { ConflictedMerge } from './stack.ts';

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
  const marked = new Map((await treeChanges(git, merge.onto, merge.tree)).map((change) => [change.path, change.newBlob]));
  const facts: ConflictFacts[] = [];
  for (const [path, stages] of byPath(merge.stages)) {
    const type = conflictType(merge.messages, path, stages);
    const blob = marked.get(path);
    const sections = type === 'contents' && blob !== undefined ? markedConflicts((await readObject(git, blob))?.toString('latin1') ?? '', ROOM_MARKER_SIZE) : [];
    const common = { git, merge, history, base, path, stages, type };
    if (sections.length === 0) facts.push(await pathConflict(common));
    else facts.push(...await hunkConflicts(common, sections));
  }
  // Git stops without a stage too, where a folder was renamed to several.
  if (facts.length === 0) {
    const message = merge.messages.find(({ type }) => type.startsWith('CONFLICT'));
    const path = message?.paths[0] ?? ('' as RepoPath);
    facts.push(await pathConflict({ git, merge, history, base, path, stages: [], type: conflictType(merge.messages, path, []) }));
  }
  return facts;
}

interface PathConflict {
  readonly git: Git;
  readonly merge: ConflictedMerge;
  readonly history: History;
  readonly base: CommitId | null;
  readonly path: RepoPath;
  readonly stages: readonly Stage[];
  readonly type: string;
}

async function pathConflict(conflict: PathConflict): Promise<ConflictFacts> {
  const id = conflictId(conflict, conflict.stages.map((stage) => `${stage.mode} ${stage.blob} ${stage.stage}`));
  return { ...await shared(conflict, null), id, level: 'structural', lines: null, excerpt: null, sides: await sidesOf(conflict) };
}

async function hunkConflicts(conflict: PathConflict, sections: readonly MarkedConflict[]): Promise<ConflictFacts[]> {
  const places = await collisionsOf(conflict);
  return Promise.all(sections.map(async (section, index) => {
    // Git's sections and the hunks that touch are two views of one merge; without agreement the lines are not claimed.
    const place = places.length === sections.length ? places[index] : undefined;
    const id = conflictId(conflict, [section.base.join(''), section.first.join(''), section.second.join('')]);
    return {
      ...await shared(conflict, place === undefined ? null : changedLines(place)),
      id, level: 'content' as const, lines: place === undefined ? null : [place.start, place.end] as const, excerpt: excerptOf(section),
    };
  }));
}

async function shared(conflict: PathConflict, lines: readonly [number, number] | null): Promise<Omit<ConflictFacts, 'id' | 'level' | 'lines' | 'excerpt' | 'sides'>> {
  const { candidate, onto } = conflict.merge;
  return { agent: candidate.agent, target: conflict.history.target, path: conflict.path, type: conflict.type, base: conflict.base, tip: candidate.tip, onto, other: await otherSide(conflict, lines) };
}

/** Derived from agent, target, path and the three versions at that place: meeting the same conflict again gives the same id. */
function conflictId(conflict: PathConflict, versions: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify([conflict.merge.candidate.agent, conflict.history.target, conflict.path, conflict.type, ...versions]), 'latin1').digest('hex').slice(0, 8);
}

async function collisionsOf(conflict: PathConflict): Promise<Collision[]> {
  const [base, onto, tip] = ([1, 2, 3] as const).map((stage) => stageOf(conflict, stage)?.blob);
  if (base === undefined || onto === undefined || tip === undefined) return [];
  return collisions(await blobHunks(conflict.git, base, onto), await blobHunks(conflict.git, base, tip));
}

function stageOf(conflict: PathConflict, stage: 1 | 2 | 3): Stage | undefined {
  return conflict.stages.find((entry) => entry.stage === stage);
}

async function sidesOf(conflict: PathConflict): Promise<Sides> {
  const stages = ([1, 2, 3] as const).map((stage) => stageOf(conflict, stage));
  const sizes = await objectSizes(conflict.git, stages.map((stage) => stage?.blob ?? ''));
  const [base = null, onto = null, tip = null] = await Promise.all(stages.map(async (stage, index): Promise<Version | null> => {
    if (stage === undefined) return null;
    const link = stage.mode === '120000' ? ((await readObject(conflict.git, stage.blob))?.toString('latin1') ?? null) : null;
    return { mode: stage.mode, blob: stage.blob, size: sizes[index] ?? null, link };
  }));
  return { base, onto, tip };
}

/** The lines of the side merged onto, 1-based, half-open. */
function changedLines(place: Collision): readonly [number, number] {
  return [Math.min(...place.a.map((hunk) => hunk.newStart)), Math.max(...place.a.map((hunk) => hunk.newEnd))];
}

async function otherSide(conflict: PathConflict, lines: readonly [number, number] | null): Promise<OtherSide> {
  const commit = await lastWriter(conflict.git, { base: conflict.base, tip: conflict.merge.onto }, { path: conflict.path, blob: stageOf(conflict, 2)?.blob ?? null, lines });
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
