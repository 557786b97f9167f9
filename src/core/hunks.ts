/** Changed lines of a base: 1-based, half-open; `[n,n)` is an insertion before line n. */
export interface Hunk {
  readonly start: number;
  readonly end: number;
  /** The lines that stand there afterwards, 1-based, half-open, in the changed file. */
  readonly newStart: number;
  readonly newEnd: number;
}

/** Base lines that both sides changed so that git stops on them, with each side's lines there. */
export interface Collision {
  readonly start: number;
  readonly end: number;
  readonly a: readonly Hunk[];
  readonly b: readonly Hunk[];
}

/** Lines of a file: 1-based, half-open. */
export type Lines = readonly [start: number, end: number];

/** Where lines of the changed file stood before these hunks; null where one of them wrote, or deleted amid them, some of the lines. */
export function linesBefore([start, end]: Lines, hunks: readonly Hunk[]): Lines | null {
  let shift = 0;
  for (const hunk of hunks) {
    const meets = start === end ? hunk.newStart <= start && start <= hunk.newEnd : hunk.newStart < end && start < hunk.newEnd;
    if (meets) return null;
    if (hunk.newEnd <= start) shift += hunk.end - hunk.start - (hunk.newEnd - hunk.newStart);
  }
  return [start + shift, end + shift];
}

/** Git's rule: two changes collide when their ranges touch, in lines of the base. */
export function touches(a: Hunk, b: Hunk): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** The groups of hunks of two sides that touch each other, in the order of the base. Both sides count from the same base. */
export function collisions(a: readonly Hunk[], b: readonly Hunk[]): Collision[] {
  const sorted = [...a.map((hunk) => ({ hunk, side: 'a' as const })), ...b.map((hunk) => ({ hunk, side: 'b' as const }))]
    .sort((x, y) => x.hunk.start - y.hunk.start || x.hunk.end - y.hunk.end);
  const groups: { start: number; end: number; a: Hunk[]; b: Hunk[] }[] = [];
  for (const { hunk, side } of sorted) {
    const last = groups.at(-1);
    const other = last === undefined ? [] : side === 'a' ? last.b : last.a;
    const mine = last === undefined ? [] : side === 'a' ? last.a : last.b;
    if (last !== undefined && (other.some((known) => touches(known, hunk)) || (mine.some((known) => known.end > hunk.start)))) {
      last[side].push(hunk);
      last.end = Math.max(last.end, hunk.end);
    } else {
      groups.push({ start: hunk.start, end: hunk.end, a: side === 'a' ? [hunk] : [], b: side === 'b' ? [hunk] : [] });
    }
  }
  return groups.filter((group) => group.a.length > 0 && group.b.length > 0);
}
