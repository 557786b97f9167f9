import type { BlobId, RepoPath } from './ids.ts';
import type { Side, Take } from './take.ts';

/** A version of a path in conflict, as git tells it: stage 1 the base, 2 the target's, 3 the agent's. */
export interface StagedVersion {
  readonly mode: string;
  readonly blob: BlobId;
  readonly stage: 1 | 2 | 3;
  /** Where git put it. */
  readonly path: RepoPath;
}

/** What is to be at a path; `entry` null for nothing. */
export interface PathEdit {
  readonly path: RepoPath;
  readonly entry: { readonly mode: string; readonly blob: BlobId } | null;
}

const STAGE_OF: Readonly<Record<Side, 2 | 3>> = { target: 2, agent: 3 };

/**
 * What keeping one side's state means for a path that git does not merge by lines: its version there, or nothing where it
 * has none, and nothing of what git put aside. Null where no single version is that side's.
 */
export function settledPath(path: RepoPath, stages: readonly StagedVersion[], take: Take | null): readonly PathEdit[] | null {
  const [side, second] = take ?? (hasNoQuestion(stages) ? (['target'] as const) : []);
  if (side === undefined || second !== undefined || stages.length === 0) return null;
  const kept = stages.filter(({ stage }) => stage === STAGE_OF[side]);
  if (kept.length > 1) return null;
  const [entry = null] = kept;
  const gone = [...new Set(stages.map((stage) => stage.path))].filter((one) => entry === null || one !== path);
  return [...gone.map((one) => ({ path: one, entry: null })), ...(entry === null ? [] : [{ path, entry: { mode: entry.mode, blob: entry.blob } }])];
}

/** Whether neither side has anything at the path, as where both renamed it: there is nothing to choose. */
export function hasNoQuestion(stages: readonly Pick<StagedVersion, 'stage'>[]): boolean {
  return stages.length > 0 && stages.every(({ stage }) => stage === 1);
}

/** The modes of target and agent where git could not merge those: they differ, and neither is the base's. */
export function modesInConflict(stages: readonly Pick<StagedVersion, 'stage' | 'mode'>[]): Readonly<Record<Side, string>> | null {
  const [base, target, agent] = ([1, 2, 3] as const).map((stage) => stages.find((entry) => entry.stage === stage)?.mode);
  return target === undefined || agent === undefined || target === agent || target === base || agent === base ? null : { target, agent };
}

/** The mode of a file whose lines are settled; null where the sides have two modes and no single one is taken. */
export function settledMode(merged: string, stages: readonly StagedVersion[], takes: readonly Take[]): string | null {
  const modes = modesInConflict(stages);
  if (modes === null) return merged;
  const first = new Set(takes.map(([side]) => side));
  const [side] = first;
  return first.size === 1 && side !== undefined ? modes[side] : null;
}
