import { linesOf, plainLines } from './conflict-markers.ts';
import type { Hunk } from './hunks.ts';

/** One file of git's automatic merge, and what was committed of it. Texts are bytes (latin1); '' where there is no file. */
export interface SettledFile {
  /** Conflicts marked in diff3 style. */
  readonly automatic: string;
  readonly settled: string;
  /** From `automatic` to `settled`. */
  readonly hunks: readonly Hunk[];
}

/** Lines that whoever settled a merge has changed where git had merged by itself. Bytes (latin1), line breaks kept. */
export interface BeyondHunk {
  /** Where it is in the settled file, from 1. */
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/**
 * What was changed beyond the automatic merge, outside of what was in conflict. Where a change meets a conflict, what was
 * written there is its resolution, and only lines beside it count that the settled file has not any more. Markers have
 * `size` characters.
 */
export function beyondHunks({ automatic, settled, hunks }: SettledFile, size: number): BeyondHunk[] {
  const [before, after] = [linesOf(automatic), linesOf(settled)];
  const plain = plainLines(automatic, size);
  const [had, has] = [countsOf(before.filter((_line, index) => plain.has(index + 1))), countsOf(after)];
  const isGone = (line: string): boolean => /\S/.test(line) && (has.get(line) ?? 0) < (had.get(line) ?? 0);
  return hunks.flatMap(({ start, end, newStart, newEnd }) => {
    const removed = Array.from({ length: end - start }, (_, index) => start + index);
    const own = removed.filter((number) => plain.has(number)).map((number) => before[number - 1] ?? '');
    const isBetween = start === end && start > 1 && start <= before.length && !plain.has(start - 1) && !plain.has(start);
    if (own.length === removed.length && !isBetween) return own.length + newEnd - newStart === 0 ? [] : [{ line: newStart, removed: own, added: after.slice(newStart - 1, newEnd - 1) }];
    const gone = own.filter(isGone);
    return gone.length === 0 ? [] : [{ line: newStart, removed: gone, added: [] }];
  });
}

/** Of these changes what a later version of the file still has; `had` is the file of the automatic merge. */
export function stillBeyond(hunks: readonly BeyondHunk[], had: string, now: string): BeyondHunk[] {
  const [before, after] = [countsOf(linesOf(had)), countsOf(linesOf(now))];
  return hunks
    .map(({ line, removed, added }) => ({ line, removed: removed.filter((one) => (after.get(one) ?? 0) < (before.get(one) ?? 0)), added: added.filter((one) => after.has(one)) }))
    .filter(({ removed, added }) => removed.length + added.length > 0);
}

function countsOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
