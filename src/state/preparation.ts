import { join } from 'node:path';
import type { RepoPath } from '../core/ids.ts';
import { readIfThere, replaceFile } from './atomic-file.ts';
import { measure, pathIn } from './file-tree.ts';

/** What preparing a worktree has come to: kept in the worktree's own git directory. */
export interface Preparation {
  /** Whether everything was copied, linked and set up. */
  readonly done: boolean;
  /** The ignored files and folders that it left, each with its print: one that is still the same is nobody's work. */
  readonly made: ReadonlyMap<RepoPath, string>;
}

const FILE = 'aiteam-prepared.json';

/** The record, or null where the worktree was never prepared. */
export function readPreparation(gitDir: string): Preparation | null {
  const text = readIfThere(join(gitDir, FILE));
  if (text === null) return null;
  const { done, made } = JSON.parse(text) as { done: boolean; made: [RepoPath, string][] };
  return { done, made: new Map(made) };
}

export function writePreparation(gitDir: string, preparation: Preparation): void {
  replaceFile(join(gitDir, FILE), `${JSON.stringify({ version: 1, done: preparation.done, made: [...preparation.made] })}\n`);
}

/** Paths with a print of what lies there: how much, and when any of it was changed last. */
export function printsOf(worktree: string, paths: readonly RepoPath[]): Map<RepoPath, string> {
  return new Map(paths.map((path) => {
    const found = measure(pathIn(worktree, path));
    return [path, found === null ? '' : `${found.files} ${found.bytes} ${found.newest}`];
  }));
}
