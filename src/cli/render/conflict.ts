import { diffWordsWithSpace } from 'diff';
import type { ConflictFacts } from '../../core/events.ts';
import { placeOf } from '../../core/place.ts';
import { decodeBytes, escapeText, plural, showPath, truncate } from '../../core/text.ts';
import type { ConflictEntry, ConflictList } from '../../operations/conflicts.ts';
import type { ResolutionStarted } from '../../operations/resolve.ts';
import type { Style } from './style.ts';

/** Who stands on the other side: `deepseek`, `a person`, or `somebody unknown`. */
export function otherName(conflict: ConflictFacts): string {
  switch (conflict.other.kind) {
    case 'agent': return conflict.other.agent;
    case 'human': return 'human';
    case 'unknown': return 'unknown';
  }
}

export function renderConflictList(list: ConflictList, style: Style): string {
  if (list.entries.length === 0) return `no open conflicts\n`;
  const rows = list.entries.map(({ conflict, state }) => [conflict.id, state, conflict.level, placeOf(conflict), `${conflict.agent} against ${otherName(conflict)}`] as const);
  const width = (column: 0 | 1 | 2 | 3): number => Math.max(...rows.map((row) => [...row[column]].length));
  const widths = [width(0), width(1), width(2), Math.min(width(3), 60)] as const;
  const lines = rows.map((row) => {
    const cells = ([0, 1, 2, 3] as const).map((column) => truncate(row[column], widths[column]).padEnd(widths[column]));
    return truncateStyled([style.yellow(cells[0] ?? ''), cells[1] ?? '', cells[2] ?? '', style.bold(cells[3] ?? ''), row[4]].join('  '), style);
  });
  const first = list.entries[0]?.conflict.id ?? '';
  return [...lines, '', `${style.cyan('next')}: aiteam conflicts show ${first}`, ''].join('\n');
}

/** Colour codes do not count as width, so only plain text is cut. */
function truncateStyled(line: string, style: Style): string {
  return Number.isFinite(style.width) && style.bold('x') === 'x' ? truncate(line, style.width) : line;
}

export function renderConflict(entry: ConflictEntry, target: string, style: Style): string {
  const { conflict } = entry;
  const lines = [
    `${style.yellow(conflict.id)}  ${style.bold(placeOf(conflict))}  ${escapeText(conflict.type)}`,
    `state   ${entry.state}${conflict.timesSeen > 1 ? `, met ${plural(conflict.timesSeen, 'time')}` : ''}; first met ${new Date(conflict.at).toISOString()}`,
    `${style.cyan(conflict.agent)}  commit ${conflict.tip.slice(0, 8)}${taskText(entry.task)}`,
    `${style.green(escapeText(target))}  ${otherText(entry)}${taskText(entry.otherTask)}`,
  ];
  if (conflict.excerpt !== null) {
    const { base, onto, tip } = conflict.excerpt;
    lines.push('', ...side(escapeText(target), style.green, base, onto, style), '', ...side(conflict.agent, style.cyan, base, tip, style));
  }
  if (entry.state === 'open') lines.push('', `${style.cyan('next')}: aiteam conflicts resolve ${conflict.id}`);
  return `${lines.join('\n')}\n`;
}

function otherText(entry: ConflictEntry): string {
  const { other } = entry.conflict;
  switch (other.kind) {
    case 'agent': return `lines by ${other.agent}, commit ${other.commit.slice(0, 8)}${entry.landing === null ? ', not landed yet' : `, landed in ${entry.landing}`}`;
    case 'human': return `lines by a person, commit ${other.commit.slice(0, 8)}`;
    case 'unknown': return 'who wrote those lines is unknown';
  }
}

function taskText(task: string | null): string {
  return task === null ? '' : `  task: ${escapeText(task)}`;
}

/** What one side made of the base: `-` base lines that are gone, `+` new ones, changed words emphasised. */
function side(name: string, colour: (text: string) => string, base: readonly string[], changed: readonly string[], style: Style): string[] {
  const text = (lines: readonly string[]): string => lines.map((line) => escapeText(decodeBytes(line))).join('\n');
  const parts = diffWordsWithSpace(text(base), text(changed));
  const before = parts.filter((part) => !part.added).map((part) => (part.removed ? style.bold(part.value) : part.value)).join('');
  const after = parts.filter((part) => !part.removed).map((part) => (part.added ? style.bold(part.value) : part.value)).join('');
  const lines = (joined: string, source: readonly string[], mark: string): string[] => (source.length === 0 ? [] : joined.split('\n').map((line) => colour(`${mark} ${line}`)));
  return [`${style.bold(name)} made of the base:`, ...lines(before, base, '-'), ...lines(after, changed, '+'), ...(changed.length === 0 ? [colour('+ (nothing: the lines are deleted)')] : [])];
}

export function renderResolutionStarted(started: ResolutionStarted, style: Style): string {
  const place = escapeText(started.worktree);
  return [
    `${escapeText(started.target)} is being merged into ${style.bold(started.agent)}'s worktree, which stopped on ${plural(started.paths.length, 'path')}:`,
    ...started.paths.map((path) => `    ${showPath(path)}`),
    '',
    `${style.cyan('next')}: settle the markers (<<<<<<< ${started.agent} … >>>>>>> ${escapeText(started.target)}) in ${place}`,
    `${style.cyan('next')}: cd ${place} && git add PATH… && git commit --no-edit --cleanup=strip`,
    `${style.cyan('next')}: aiteam integrate   (or give it up: git -C ${place} merge --abort)`,
    '',
  ].join('\n');
}

export function conflictJson(entry: ConflictEntry): Record<string, unknown> {
  const { conflict } = entry;
  const text = (lines: readonly string[]): string[] => lines.map(decodeBytes);
  return {
    id: conflict.id, state: entry.state, verdict: 'conflict', level: conflict.level, type: conflict.type, path: showPath(conflict.path), lines: conflict.lines,
    agents: [conflict.agent, otherName(conflict)], tip: conflict.tip, onto: conflict.onto, base: conflict.base, other: conflict.other, landing: entry.landing,
    firstSeen: new Date(conflict.at).toISOString(), lastSeen: new Date(conflict.seenAt).toISOString(), timesSeen: conflict.timesSeen,
    excerpt: conflict.excerpt === null ? null : { base: text(conflict.excerpt.base), target: text(conflict.excerpt.onto), agent: text(conflict.excerpt.tip) },
  };
}
