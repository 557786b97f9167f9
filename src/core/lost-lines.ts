import { linesOf, plainLines } from './conflict-markers.ts';
import type { Hunk } from './hunks.ts';

/** One file of a merge that was settled by hand. Texts are bytes (latin1); '' where there is no file. */
export interface SettledByHand {
  /** The automatic merge, conflicts marked in diff3 style. */
  readonly automatic: string;
  readonly settled: string;
  /** The branch's own version before the merge. */
  readonly own: string;
  /** From `automatic` to `settled`. */
  readonly hunks: readonly Hunk[];
}

/**
 * Lines of the other side that settling a merge has dropped outside of what was in conflict, in their order. A line that
 * stands anywhere in the settled file is not lost, however it is indented, nor is one in whose place a new one stands; one is
 * in whose place nothing stands, or the branch's own text again. Markers have `size` characters.
 */
export function lostLines({ automatic, settled, own, hunks }: SettledByHand, size: number): string[] {
  const lines = linesOf(automatic);
  const plain = plainLines(automatic, size);
  const [inSettled, inOwn] = [countLines(linesOf(settled)), countLines(linesOf(own))];
  const inAutomatic = countLines(lines.filter((_line, index) => plain.has(index + 1)));
  const isMissing = (line: string): boolean => (inSettled.get(keyOf(line)) ?? 0) < (inAutomatic.get(keyOf(line)) ?? 0);
  const isOthers = (line: string): boolean => (inOwn.get(keyOf(line)) ?? 0) < (inAutomatic.get(keyOf(line)) ?? 0);
  const settledLines = linesOf(settled);
  return hunks.flatMap((hunk) => {
    const removed = range(hunk.start, hunk.end);
    const dropped = removed.filter((number) => plain.has(number)).map((number) => lines[number - 1] ?? '').filter((line) => /\w/.test(line) && isOthers(line) && isMissing(line));
    const isNew = (line: string): boolean => !inOwn.has(keyOf(line)) && !inAutomatic.has(keyOf(line));
    const written = settledLines.slice(hunk.newStart - 1, hunk.newEnd - 1).filter(isNew);
    // What was written where there was a conflict stands for that.
    const meetsConflict = removed.some((number) => !plain.has(number));
    return !meetsConflict && written.length >= dropped.length ? [] : dropped;
  });
}

/** Of these lines those that a file has and another has not, or not as often: what counts as dropped still. */
export function stillLost(lines: readonly string[], has: string, hasNot: string): string[] {
  const [there, here] = [countLines(linesOf(has)), countLines(linesOf(hasNot))];
  return lines.filter((line) => (here.get(keyOf(line)) ?? 0) < (there.get(keyOf(line)) ?? 0));
}

function countLines(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(keyOf(line), (counts.get(keyOf(line)) ?? 0) + 1);
  return counts;
}

function keyOf(line: string): string {
  return line.replace(/\s+/g, '');
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}
