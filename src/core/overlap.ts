import { conflictType, byPath, type MergeMessage } from './conflict-type.ts';
import type { OverlapLevel } from './overlap-facts.ts';
import { collisions, type Collision, type Hunk, type Lines } from './hunks.ts';
import type { BlobId, RepoPath } from './ids.ts';
import type { PatchHunk } from './patch-hunks.ts';

/** The worst first. */
export const OVERLAP_LEVELS: readonly OverlapLevel[] = ['structural', 'content', 'adjacent', 'mechanical', 'advisory'];

/** A path's version in a merge, as git tells it. */
interface Stage {
  readonly mode: string;
  readonly blob: BlobId;
  readonly stage: 1 | 2 | 3;
  readonly path: RepoPath;
}

/** What git told of one merge. */
export interface ToldMerge {
  readonly clean: boolean;
  readonly stages: readonly Stage[];
  readonly messages: readonly MergeMessage[];
}

/** A path on which a merge met something, before its lines are known. */
export interface Meeting {
  readonly path: RepoPath;
  readonly verdict: 'conflict' | 'clean';
  readonly type: string;
  /** The blobs of base and sides, where both changed lines of one file; null elsewhere. */
  readonly blobs: readonly [base: BlobId, a: BlobId, b: BlobId] | null;
  /** What stands at the path on the first side; null where nothing does. */
  readonly first: BlobId | null;
}

/** Everything that a merge met: the paths on which git stops, and those that it merged by lines. */
export function meetings({ clean, stages, messages }: ToldMerge): Meeting[] {
  const stopped = clean ? [] : [...byPath(stages)].map(([path, own]) => stoppedAt(messages, path, own));
  // Git stops without a stage too, where a folder was renamed to several.
  if (!clean && stopped.length === 0) {
    const path = messages.find(({ type }) => type.startsWith('CONFLICT'))?.paths[0] ?? ('' as RepoPath);
    stopped.push(stoppedAt(messages, path, []));
  }
  const known = new Set(stopped.map(({ path }) => path));
  const merged = new Set(messages.filter(({ type }) => type === 'Auto-merging').flatMap(({ paths }) => paths).filter((path) => !known.has(path)));
  return [...stopped, ...[...merged].map((path) => ({ path, verdict: 'clean' as const, type: 'merged', blobs: null, first: null }))];
}

function stoppedAt(messages: readonly MergeMessage[], path: RepoPath, stages: readonly Stage[]): Meeting {
  const type = conflictType(messages, path, stages);
  const [base, a, b] = ([1, 2, 3] as const).map((stage) => stages.find((entry) => entry.stage === stage)?.blob);
  const byLines = type === 'contents' && base !== undefined && a !== undefined && b !== undefined;
  return { path, verdict: 'conflict', type, blobs: byLines ? [base, a, b] : null, first: a ?? null };
}

/** The path without what git added to put a file aside that a folder, or another kind of file, is in the way of: `~` and a side's label. */
export function withoutLabel(path: RepoPath, labels: readonly string[]): RepoPath {
  const label = labels.find((one) => path.includes(`~${one}`));
  return label === undefined ? path : (path.replace(new RegExp(`~${label}(_\\d+)?$`), '') as RepoPath);
}

/** One place of a meeting. */
export interface Place {
  readonly level: OverlapLevel;
  readonly lines: Lines | null;
  /** Each side's own lines there. */
  readonly sideLines: readonly [Lines, Lines] | null;
}

/** The places of a meeting: for lines one for each collision of the two sides' hunks, otherwise one. */
export function placesOf({ type, verdict, blobs }: Meeting, isMechanical: boolean, hunks: readonly [readonly PatchHunk[], readonly PatchHunk[]] | null): Place[] {
  const whole = (level: OverlapLevel): Place[] => [{ level, lines: null, sideLines: null }];
  if (verdict === 'conflict' && type !== 'contents') return whole('structural');
  if (isMechanical) return whole('mechanical');
  if (verdict === 'clean') return whole('advisory');
  if (blobs === null || hunks === null) return whole('content');
  const [a, b] = hunks;
  const found = collisions(a, b).filter((place) => !isSameChange(place));
  return found.length === 0 ? whole('content') : found.map((place) => ({
    level: isOnlyTouching(place) ? 'adjacent' : 'content',
    lines: [place.start, place.end],
    sideLines: [linesAfter(place.a), linesAfter(place.b)],
  }));
}

function linesAfter(hunks: readonly Hunk[]): Lines {
  return [Math.min(...hunks.map(({ newStart }) => newStart)), Math.max(...hunks.map(({ newEnd }) => newEnd))];
}

/** Whether no line and no place between two lines is changed by both sides: they stand side by side. */
export function isOnlyTouching({ a, b }: Collision): boolean {
  return a.every((one) => b.every((other) => !meet(one, other)));
}

function meet(a: Hunk, b: Hunk): boolean {
  if (a.start === b.start && (a.start === a.end) === (b.start === b.end)) return true;
  return Math.max(a.start, b.start) < Math.min(a.end, b.end) || inside(a, b) || inside(b, a);
}

/** Whether lines are inserted amid the other's. */
function inside(insertion: Hunk, other: Hunk): boolean {
  return insertion.start === insertion.end && other.start < insertion.start && insertion.start < other.end;
}

function isSameChange({ a, b }: Collision): boolean {
  const text = (hunks: readonly Hunk[]): string => JSON.stringify((hunks as readonly PatchHunk[]).map(({ start, end, added }) => [start, end, added]));
  return text(a) === text(b);
}
