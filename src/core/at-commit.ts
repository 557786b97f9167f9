import type { Hunk, Lines } from './hunks.ts';

/**
 * Whether a commit's own hunks reach lines of the version that it makes: they overlap or stand side by side. Null hunks
 * are the whole file, null lines the whole of what was met.
 */
export function reaches(hunks: readonly Hunk[] | null, lines: Lines | null): boolean {
  if (hunks === null || lines === null) return true;
  return hunks.some(({ newStart, newEnd }) => newStart <= lines[1] && lines[0] <= newEnd);
}
