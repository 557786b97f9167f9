import type { ConflictFacts } from './events.ts';
import { showPath } from './text.ts';

/** Where a conflict is: `app.txt:5`, `app.txt:5-6`, and the path alone where it is not about lines. */
export function placeOf(conflict: Pick<ConflictFacts, 'path' | 'lines'>): string {
  if (conflict.lines === null) return showPath(conflict.path);
  const [start, end] = conflict.lines;
  return `${showPath(conflict.path)}:${start}${end - start > 1 ? `-${end - 1}` : ''}`;
}
