import { authorName } from '../../core/authorship.ts';
import { decodeBytes, escapeText, showPath, truncate } from '../../core/text.ts';
import type { Authored } from '../../operations/ownership/authored.ts';
import type { Blamed } from '../../operations/ownership/blame.ts';
import type { Attributed } from '../../operations/ownership/attribution.ts';
import { attributedJson, authorText, authorWord, lookedAtJson, placeText } from './author.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

/** What a line's text must have at least, or a column goes. */
const LEAST_TEXT = 24;
const LONGEST_AUTHOR = 30;
const TAB = '        ';

/** A line a line, as git-blame(1): who, in which landing and commit, its number and its text. Where there is no room columns go, the last first. */
export function renderBlame({ found, authored }: Blamed, style: Style): string {
  if (authored.kind === 'whole') return `${wrap(wholeText(authored, showPath(found.path)), style.width).join('\n')}\n`;
  const note = found.at.onlyIn === null ? [] : wrap(`${showPath(found.path)} in ${placeText(found.at)}`, style.width).map(style.dim);
  const rows = authored.groups.flatMap(({ lines: [start, end], by }) => Array.from({ length: end - start }, (_, at) => ({ by, number: start + at })));
  const first = authored.groups[0]?.lines[0] ?? 1;
  const columns = columnsFor(authored.groups.map(({ by }) => by), String(authored.count).length, style.width);
  const lines = rows.map(({ by, number }) => {
    const head = columns.map(({ text, width }) => truncate(text(by), width).padEnd(width)).join('  ');
    const place = `${String(number).padStart(String(authored.count).length)}) `;
    const room = style.width - [...head].length - (head === '' ? 0 : 2) - place.length;
    const text = escapeText(decodeBytes(authored.content[number - first] ?? '').replaceAll('\t', TAB)).trimEnd();
    const shown = Number.isFinite(room) ? truncate(text, Math.max(1, room)) : text;
    return `${head === '' ? '' : `${paint(by, style)(head)}  `}${style.dim(place)}${shown}`.trimEnd();
  });
  return [...note, ...lines].map((line) => `${line}\n`).join('');
}

interface Column {
  readonly text: (by: Attributed) => string;
  readonly width: number;
}

function columnsFor(all: readonly Attributed[], digits: number, width: number): Column[] {
  const landing = ({ landing: one }: Attributed): string => (one === null ? '-' : escapeText(one.id));
  const forms: ((by: Attributed) => string)[][] = [
    [authorWord, landing, ({ commit }) => commit.slice(0, 8)],
    [authorWord, landing],
    [({ author }) => authorName(author), landing],
    [({ author }) => authorName(author)],
  ];
  const sized = forms.map((texts) => texts.map((text) => ({ text, width: Math.min(LONGEST_AUTHOR, Math.max(0, ...all.map((by) => [...text(by)].length))) })));
  const fits = (columns: readonly Column[]): boolean => columns.reduce((sum, column) => sum + column.width + 2, 0) + digits + 2 + LEAST_TEXT <= width;
  return sized.find(fits) ?? (sized.at(-1) ?? []).map((column) => ({ ...column, width: Math.max(1, Math.min(column.width, Math.floor(width / 3))) }));
}

function paint({ author }: Attributed, style: Style): (text: string) => string {
  return author.kind === 'agents' ? style.cyan : author.kind === 'human' ? style.green : style.dim;
}

function wholeText({ what, by }: Extract<Authored, { kind: 'whole' }>, path: string): string {
  if (by === null) return `${path} is ${what === 'binary' ? 'binary' : 'a submodule'}; who wrote it is unknown`;
  const landing = by.landing === null ? '' : `, landed in ${escapeText(by.landing.id)}`;
  return `${path} is ${what === 'binary' ? 'binary' : 'a submodule'}, last changed by ${authorText(by)}, commit ${by.commit.slice(0, 8)}${landing}`;
}

export function blameJson({ found, authored }: Blamed): Record<string, unknown> {
  return { path: showPath(found.path), at: lookedAtJson(found.at), ...authoredJson(authored) };
}

/** Groups of lines, half-open, and the commits that they name; null groups where there are no lines. */
export function authoredJson(authored: Authored): Record<string, unknown> {
  if (authored.kind === 'whole') return { kind: authored.what, lines: null, groups: null, commits: authored.by === null ? [] : [attributedJson(authored.by)] };
  const commits = new Map(authored.groups.map(({ by }) => [by.commit, by]));
  return {
    kind: 'text', lines: authored.count,
    groups: authored.groups.map(({ lines, by, path }) => ({ lines, commit: by.commit, path: showPath(path) })),
    commits: [...commits.values()].map(attributedJson),
  };
}
