import type { OverlapFacts, OverlapLevel } from '../../core/overlap-facts.ts';
import { OVERLAP_LEVELS } from '../../core/overlap.ts';
import { truncate } from '../../core/text.ts';
import type { Overlaps } from '../../operations/overlaps/overlaps.ts';
import type { Style } from './style.ts';

const LETTERS: Readonly<Record<OverlapLevel, string>> = { structural: 'S', content: 'C', adjacent: 'A', mechanical: 'M', advisory: '~' };
const NOTHING = '·';
const GAP = '  ';
const LONGEST_NAME = 24;

/**
 * Who collides with whom, each two once: a row for each name but the last, a column for each but the first. Columns are
 * numbered where their names have no room, and the answer is empty where the numbers have none either.
 */
export function overlapMatrix({ overlaps, compared }: Pick<Overlaps, 'overlaps' | 'compared'>, names: readonly string[], nameOf: (agent: string | null) => string, style: Style): string[] {
  const cells = new Map<string, OverlapFacts[]>(compared.map(([a, b]) => [keyOf(nameOf(a), nameOf(b)), []]));
  for (const overlap of overlaps) {
    const [a, b] = overlap.sides;
    cells.get(keyOf(nameOf(a.agent), nameOf(b.agent)))?.push(overlap);
  }
  const grid = names.slice(0, -1).map((row, index) => names.slice(1).map((column, place) => (place < index ? '' : cellText(cells.get(keyOf(row, column))))));
  const short = names.map((name) => truncate(name, LONGEST_NAME));
  const named = table(short.slice(0, -1), short.slice(1), grid, style);
  if (named.width <= style.width) return named.lines;
  // The last name has no row of its own to say its number.
  const numbered = table(short.map((name, index) => `${index + 1} ${name}`), names.slice(1).map((_name, index) => String(index + 2)), [...grid, []], style);
  return numbered.width <= style.width ? numbered.lines : [];
}

/** What the letters of the matrix mean, those that are in it. */
export function overlapLegend(overlaps: readonly OverlapFacts[]): string {
  const conflicts = OVERLAP_LEVELS.filter((level) => overlaps.some((overlap) => overlap.level === level && overlap.verdict === 'conflict'));
  const parts = [
    ...(conflicts.length === 0 ? [] : [`${conflicts.map((level) => `${LETTERS[level]} ${level}`).join(', ')}: would conflict`]),
    ...(overlaps.some(({ verdict }) => verdict === 'clean') ? [`${LETTERS.advisory} same file, merges cleanly`] : []),
  ];
  return parts.join('; ');
}

function table(rows: readonly string[], columns: readonly string[], grid: readonly (readonly string[])[], style: Style): { lines: string[]; width: number } {
  const label = Math.max(0, ...rows.map(length));
  const widths = columns.map((column, place) => Math.max(length(column), ...grid.map((row) => length(row[place] ?? ''))));
  const line = (first: string, cells: readonly string[], paint: (text: string) => string): string =>
    [style.bold(first.padEnd(label)), ...cells.map((cell, place) => paint(cell) + ' '.repeat((widths[place] ?? 0) - length(cell)))].join(GAP).trimEnd();
  const lines = [line('', columns, style.bold), ...grid.map((cells, index) => line(rows[index] ?? '', cells, (cell) => colourOf(cell, style)(cell)))];
  return { lines, width: label + widths.reduce((sum, width) => sum + GAP.length + width, 0) };
}

/** Empty for two that nobody compared. */
function cellText(overlaps: readonly OverlapFacts[] | undefined): string {
  if (overlaps === undefined) return '';
  const conflicts = overlaps.filter(({ verdict }) => verdict === 'conflict');
  const worst = OVERLAP_LEVELS.find((level) => conflicts.some((overlap) => overlap.level === level));
  if (worst !== undefined) return `${LETTERS[worst]}${conflicts.length}`;
  return overlaps.length > 0 ? LETTERS.advisory : NOTHING;
}

function colourOf(cell: string, style: Style): (text: string) => string {
  if (cell.startsWith(LETTERS.structural) || cell.startsWith(LETTERS.content)) return style.red;
  if (cell.startsWith(LETTERS.adjacent) || cell.startsWith(LETTERS.mechanical)) return style.yellow;
  return style.dim;
}

function keyOf(a: string, b: string): string {
  return JSON.stringify([a, b].sort());
}

function length(text: string): number {
  return [...text].length;
}
