import { moneyText } from '../../core/budget-text.ts';
import { PRICES_OF } from '../../core/prices.ts';
import type { GroupField, SpendingRow, Sum } from '../../core/spending.ts';
import { escapeText, plural, truncate } from '../../core/text.ts';
import type { Cost } from '../../operations/cost.ts';
import { localMinute } from '../../operations/local-time.ts';
import { sumJson } from './spending.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

const GAP = '  ';
const INDENT = '  ';
const LONGEST_NAME = 48;

/** A line for each row, or two where the terminal is narrow; what the sums leave out is said below. */
export function renderCost(cost: Cost, style: Style): string {
  const since = cost.since === null ? '' : ` since ${localMinute(cost.since)}`;
  if (cost.rows.length === 0) return [...wrap(`nothing is recorded${since}: neither Claude Code nor Codex answered in a worktree of this repository`, style.width), ...notes(cost, style)].join('\n');
  const rows = [...cost.rows.map((row) => ({ names: cost.by.map((field) => nameOf(row, field)), sum: row as Sum })), { names: ['all', ...cost.by.slice(1).map(() => '')], sum: cost.total }];
  const header = [...cost.by, 'input', 'from cache', 'output', 'cost'];
  const cells = [header, ...rows.map(({ names, sum }) => [...names, ...countsOf(sum), moneyText(sum)])];
  const widths = header.map((_, column) => Math.max(...cells.map((line) => [...(line[column] ?? '')].length)));
  const isWide = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) <= style.width;
  const lines = isWide ? table(cells, widths, cost.by.length, style) : rows.flatMap(({ names, sum }) => paragraph(names, sum, style));
  return [...(since === '' ? [] : wrap(since.trim(), style.width)), ...lines, ...notes(cost, style)].join('\n');
}

function table(cells: readonly (readonly string[])[], widths: readonly number[], names: number, style: Style): string[] {
  return cells.map((line, row) => {
    const text = line.map((cell, column) => pad(cell, widths[column] ?? 0, column < names)).join(GAP).trimEnd();
    return row === 0 || row === cells.length - 1 ? style.bold(text) : text;
  });
}

function pad(text: string, width: number, left: boolean): string {
  const blank = ' '.repeat(Math.max(0, width - [...text].length));
  return left ? text + blank : blank + text;
}

function paragraph(names: readonly string[], sum: Sum, style: Style): string[] {
  const [input, cached, output] = countsOf(sum);
  return [
    ...wrap(names.filter((name) => name !== '').join(', '), style.width).map(style.bold),
    ...wrap(`${moneyText(sum)}: input ${input}, from cache ${cached}, output ${output}`, style.width - INDENT.length).map((line) => INDENT + line),
  ];
}

function nameOf(row: SpendingRow, field: GroupField): string {
  const value = row[field] ?? null;
  return value === null ? { agent: 'you', task: 'no task', model: '' }[field] : truncate(escapeText(value), LONGEST_NAME);
}

function countsOf({ tokens }: Sum): [input: string, cached: string, output: string] {
  return [countText(tokens.input + tokens.cacheWrite + tokens.cacheWriteLong), countText(tokens.cacheRead), countText(tokens.output)];
}

/** `950`, `1.2k`, `34k`, `5.6M`. */
function countText(count: number): string {
  const units = ['', 'k', 'M', 'G'];
  let [value, unit] = [count, 0];
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)}${units[unit]}`;
}

function notes({ total, malformed, unreadable, rows }: Cost, style: Style): string[] {
  const note = (text: string, paint: (text: string) => string): string[] => wrap(text, style.width).map(paint);
  return [
    ...(total.unpriced.length === 0 ? [] : note(`no price is known of ${total.unpriced.map(escapeText).join(', ')}: put it below "prices" in .aiteam.yaml or your own configuration`, style.yellow)),
    ...(malformed === 0 ? [] : note(`${plural(malformed, 'line')} of the records could not be read and ${malformed === 1 ? 'is' : 'are'} not counted`, style.yellow)),
    ...unreadable.flatMap((path) => note(`not allowed to read ${escapeText(path)}`, style.yellow)),
    ...(rows.length === 0 ? [] : note(`list prices of ${PRICES_OF} where the configuration has none; a subscription or a discount is not taken into account`, style.dim)),
  ];
}

export function costJson({ since, by, rows, total, files, malformed, unreadable }: Cost): Record<string, unknown> {
  return {
    since: since === null ? null : new Date(since).toISOString(), by, rows: rows.map((row) => ({ ...Object.fromEntries(by.map((field) => [field, row[field] ?? null])), ...sumJson(row) })),
    total: sumJson(total), pricesOf: PRICES_OF, records: { files, malformed, unreadable },
  };
}
