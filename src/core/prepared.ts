import type { RepoPath } from './ids.ts';

type Prints = ReadonlyMap<RepoPath, string>;

/**
 * What a preparation may call its own: what was not there before it, and what was its own already and nobody had changed.
 * Everything else may be somebody's work.
 */
export function ownPrints(recorded: Prints, before: Prints, after: Prints): Map<RepoPath, string> {
  return new Map([...after].filter(([path]) => !before.has(path) || recorded.get(path) === before.get(path)));
}

export interface IgnoredEntry {
  /** A folder ends in `/`. */
  readonly path: RepoPath;
  readonly print: string;
}

/**
 * Splits ignored files and folders into what must be kept and what can be made again: unchanged since the preparation
 * made it, or a folder of one of the names in `skip`.
 */
export function sortIgnored<Entry extends IgnoredEntry>(entries: readonly Entry[], made: Prints, skip: readonly string[]): { keep: Entry[]; drop: Entry[] } {
  const keep: Entry[] = [];
  const drop: Entry[] = [];
  for (const entry of entries) {
    const again = made.get(entry.path) === entry.print || isSkipped(entry.path, skip);
    (again ? drop : keep).push(entry);
  }
  return { keep, drop };
}

function isSkipped(path: RepoPath, skip: readonly string[]): boolean {
  return path.split('/').slice(0, -1).some((name) => skip.includes(name));
}
