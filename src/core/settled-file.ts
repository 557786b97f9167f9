import { markedParts, type MarkedConflict } from './conflict-markers.ts';
import type { Side, Take } from './take.ts';

/** The whole file of each side. */
export type SideTexts = Readonly<Record<Side, string>>;

/**
 * The marked file with its conflicts settled, each by its take, in their order; null where there is not one take for each.
 * The file's first side is the target's. Texts are bytes (latin1).
 */
export function settledFile(marked: string, size: number, takes: readonly Take[], whole: SideTexts): string | null {
  const parts = markedParts(marked, size);
  if (parts.filter((part) => typeof part !== 'string').length !== takes.length) return null;
  let next = 0;
  return parts.map((part, index) => {
    if (typeof part === 'string') return part;
    const take = takes[next];
    next += 1;
    return take === undefined ? '' : settledLines(part, take, index === parts.length - 1 ? whole : null).join('');
  }).join('');
}

/** The lines that a take keeps of a conflict; `whole` where the conflict ends the file. */
export function settledLines(conflict: MarkedConflict, take: Take, whole: SideTexts | null = null): string[] {
  const lines = take.map((side) => [...(side === 'target' ? conflict.first : conflict.second)]);
  const last = lines.findLastIndex((own) => own.length > 0);
  const side = take[last];
  if (whole === null || side === undefined) return lines.flat();
  // Before a marker git ends a last line that has no end; what follows it here still needs that, the file's end does not.
  const end = whole[side].slice(whole[side].lastIndexOf('\n') + 1);
  if (end !== '') lines[last]?.splice(-1, 1, end);
  return lines.flat();
}
