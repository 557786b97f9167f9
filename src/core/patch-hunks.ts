import type { Hunk } from './hunks.ts';

/** A hunk with the lines that stand there afterwards, as in the patch. */
export interface PatchHunk extends Hunk {
  readonly added: string;
}

/** The hunks of each file of a patch without context lines (git-diff(1), -U0), by the path that `diff --git a/…` names. */
export function patchHunks(patch: string): Map<string, PatchHunk[]> {
  const files = new Map<string, PatchHunk[]>();
  let hunks: PatchHunk[] = [];
  // Every line of a file has a sign before it here, so nothing in one is taken for a heading; `^` would match after a CR too.
  for (const part of patch.split(/(?<![^\n])(?=diff --git |@@ )/)) {
    const file = /^diff --git a\/(.*) b\/\1\n/.exec(part)?.[1];
    if (file !== undefined) files.set(file, hunks = []);
    const head = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(part);
    if (head === null) continue;
    const [start, end] = range(head[1], head[2]);
    const [newStart, newEnd] = range(head[3], head[4]);
    hunks.push({ start, end, newStart, newEnd, added: addedIn(part) });
  }
  return files;
}

/** A pure insertion is told by the line before it. */
function range(first = '0', count = '1'): readonly [number, number] {
  const start = Number(first) + (Number(count) === 0 ? 1 : 0);
  return [start, start + Number(count)];
}

function addedIn(part: string): string {
  return part.split('\n').filter((line) => line.startsWith('+')).join('\n');
}
