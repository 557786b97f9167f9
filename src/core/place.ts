import type { ConflictFacts } from './events.ts';
import { showPath } from './text.ts';

/** Where a conflict is: `app.txt:5`, `app.txt:5-6`, and the path alone where it is not about lines. */
export function placeOf(conflict: Pick<ConflictFacts, 'path' | 'lines'>): string {
  if (conflict.lines === null) return showPath(conflict.path);
  const [start, end] = conflict.lines;
  return `${showPath(conflict.path)}:${start}${end - start > 1 ? `-${end - 1}` : ''}`;
}

/** The order in which a reader looks for them: by path, then by line. */
export function byPlace(a: Pick<ConflictFacts, 'path' | 'lines'>, b: Pick<ConflictFacts, 'path' | 'lines'>): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : (a.lines?.[0] ?? 0) - (b.lines?.[0] ?? 0);
}
