import { diffArrays, diffWordsWithSpace } from 'diff';
import type { ConflictFacts, Sides, Version } from '../../core/events.ts';
import type { Resolution } from '../../core/ledger.ts';
import { placeOf } from '../../core/place.ts';
import { deedsText, versionText } from '../../core/sides.ts';
import { takeOf, takeText } from '../../core/take.ts';
import { decodeBytes, escapeText, plural, shellWord, showPath } from '../../core/text.ts';
import type { ConflictEntry, ConflictList } from '../../operations/conflicts/list.ts';
import type { ResolutionStarted } from '../../operations/conflicts/resolve-in-worktree.ts';
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
  const rows = list.entries.map(({ conflict, state, target }): Row => ({
    id: conflict.id, state, level: conflict.level, place: placeOf(conflict), who: `${conflict.agent} against ${otherName(conflict)}${target === list.target ? '' : ` on ${escapeText(target)}`}`,
  }));
  const first = list.entries.find(({ state }) => state === 'open' || state === 'resolving')?.conflict;
  const ready = [...new Set(list.entries.filter(({ state }) => state === 'settled').map(({ conflict, again }) => `${again} ${conflict.agent}`))];
  const many = rows.length > ROWS_AT_A_GLANCE;
  const steps = first === undefined ? ready : [`aiteam conflicts show ${first.id}`, ...(many ? [`aiteam conflicts resolve ${first.agent}   (asks about each; --take SIDE for all of them, with --path FILE for a file's)`] : [])];
  const count = many ? [`${plural(rows.length, 'conflict')} in ${plural(new Set(list.entries.map(({ conflict }) => conflict.path)).size, 'file')}, ${list.entries.filter(({ state }) => state === 'settled').length} settled`] : [];
  return [...table(rows, style), '', ...count, ...steps.map((step) => `${style.cyan('next')}: ${step}`), ''].join('\n');
}

interface Row {
  readonly id: string;
  readonly state: string;
  readonly level: string;
  readonly place: string;
  readonly who: string;
}

const ROWS_AT_A_GLANCE = 10;
const WIDEST_PLACE = 60;
const NARROWEST_PLACE = 24;

/** A line each; on a terminal too narrow for that, two or three. Of a long place the end is shown, where file and line are. */
function table(rows: readonly Row[], style: Style): string[] {
  const width = (of: keyof Row): number => Math.max(...rows.map((row) => [...row[of]].length));
  const head = (row: Row): string => [style.yellow(row.id), row.state.padEnd(width('state')), row.level.padEnd(width('level'))].join('  ');
  const room = style.width - width('id') - width('state') - width('level') - width('who') - 4 * '  '.length;
  const place = Math.min(width('place'), WIDEST_PLACE, room);
  if (place < Math.min(width('place'), NARROWEST_PLACE)) {
    const fits = room + '  '.length >= 0;
    return rows.flatMap((row) => [fits ? `${head(row)}  ${row.who}` : head(row), `    ${style.bold(endOf(row.place, style.width - 4))}`, ...(fits ? [] : [`    ${row.who}`])]);
  }
  return rows.map((row) => [head(row), style.bold(endOf(row.place, place).padEnd(place)), row.who].join('  '));
}

function endOf(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `…${characters.slice(characters.length - Math.max(1, width) + 1).join('')}`;
}

/** One conflict in full; `steps` says what to type next. */
export function renderConflict(entry: ConflictEntry, style: Style, steps = true): string {
  const { conflict, target } = entry;
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
  if (conflict.modes !== undefined) lines.push('', `the file's mode comes with the lines that are taken first: ${conflict.agent}'s is ${escapeText(conflict.modes.agent)}, ${escapeText(target)}'s ${escapeText(conflict.modes.target)}`);
  if (conflict.sides !== undefined) lines.push('', ...versions(conflict, conflict.sides, target, style));
  if (entry.resolution !== null) lines.push('', settledText(entry, entry.resolution, style));
  if (conflict.closed?.merged != null) lines.push('', `${style.green('settled')} by ${conflict.agent}, in the merge ${conflict.closed.merged.slice(0, 8)}`);
  if (steps) lines.push(...nextSteps(entry).map((step, index) => `${index === 0 ? '\n' : ''}${style.cyan('next')}: ${step}`));
  return `${lines.join('\n')}\n`;
}

function settledText({ conflict, target, state }: ConflictEntry, { take, by, at }: Resolution, style: Style): string {
  const kept = takeOf(take);
  const words = kept === null ? '' : `: ${escapeText(takeText(kept, { agent: conflict.agent, target }))}`;
  return `${state === 'gone' ? style.yellow('lapsed') : style.green('settled')}${words}, by ${escapeText(by)}, ${new Date(at).toISOString()}`;
}

function nextSteps({ state, conflict, target, again }: ConflictEntry): string[] {
  const { id, agent } = conflict;
  if (state === 'settled') return [`${again} ${agent}`, `aiteam conflicts drop ${id}   (to take it back)`];
  if (state === 'resolving') return [`settle it in ${agent}'s worktree and commit: cd "$(aiteam worktree path ${agent})" && git status`];
  if (state !== 'open') return [];
  const both = conflict.level === 'content' ? `, or both: --take ${agent},${shellWord(target)}` : '';
  return [`aiteam conflicts resolve ${id} --take ${agent}   (or --take ${shellWord(target)}${both})`, `aiteam conflicts resolve ${id}   (in ${agent}'s worktree)`];
}

/** A conflict that is not about lines is a question; what each side has is what there is to know. */
function versions(conflict: ConflictFacts, sides: Sides, target: string, style: Style): string[] {
  const rows = [['base', sides.base], [escapeText(target), sides.onto], [conflict.agent, sides.tip]] as const;
  const width = Math.max(...rows.map(([name]) => [...name].length));
  return [`${deedsText(conflict, target)}: which is it to be?`, ...rows.map(([name, version]) => `  ${style.bold(name.padEnd(width))}  ${versionText(version)}`)];
}

function otherText(entry: ConflictEntry): string {
  const { other, sides } = entry.conflict;
  const what = sides === undefined ? 'lines by' : 'last changed by';
  switch (other.kind) {
    case 'agent': return `${what} ${other.agent}, commit ${other.commit.slice(0, 8)}${entry.landing === null ? ', not landed yet' : `, landed in ${entry.landing}`}`;
    case 'human': return `${what} a person, commit ${other.commit.slice(0, 8)}`;
    case 'unknown': return 'who wrote that is unknown';
  }
}

function taskText(task: string | null): string {
  return task === null ? '' : `  task: ${escapeText(task)}`;
}

/** What one side made of the base: `-` base lines that are gone, `+` new ones, changed words emphasised. */
function side(name: string, colour: (text: string) => string, base: readonly string[], changed: readonly string[], style: Style): string[] {
  const shown = (lines: readonly string[]): string[] => lines.map((line) => escapeText(decodeBytes(line)));
  const parts = diffArrays(shown(base), shown(changed));
  const lines = parts.flatMap((part, index) => {
    if (!part.added && !part.removed) return part.value.map((line) => `  ${line}`);
    const other = part.removed ? parts[index + 1] : parts[index - 1];
    const paired = other !== undefined && (part.removed ? other.added : other.removed);
    const text = paired ? emphasised(part.value.join('\n'), other.value.join('\n'), part.removed, style) : part.value.join('\n');
    return text.split('\n').map((line) => colour(`${part.removed ? '-' : '+'} ${line}`));
  });
  return [`${style.bold(name)} made of the base:`, ...lines, ...(changed.length === 0 ? [colour('+ (nothing: the lines are deleted)')] : [])];
}

/** The text with the words emphasised that the other one has not. */
function emphasised(text: string, other: string, removed: boolean, style: Style): string {
  const words = removed ? diffWordsWithSpace(text, other) : diffWordsWithSpace(other, text);
  return words.flatMap((word) => ((removed ? word.added : word.removed) ? [] : [(removed ? word.removed : word.added) ? style.bold(word.value) : word.value])).join('');
}

export function renderResolutionStarted(started: ResolutionStarted, style: Style): string {
  const place = escapeText(started.worktree);
  const target = escapeText(started.target);
  const next = (step: string): string => `${style.cyan('next')}: ${step}`;
  const marked = started.paths.filter((path) => !started.unmarked.includes(path));
  return [
    `${target} is being merged into ${style.bold(started.agent)}'s worktree, which stopped on ${plural(started.paths.length, 'path')}:`,
    ...started.paths.map((path) => `    ${showPath(path)}${started.unmarked.includes(path) ? '  (no markers: one version is to be chosen)' : ''}`),
    '',
    next(`cd ${place}`),
    ...(marked.length === 0 ? [] : [next(`settle the markers (<<<<<<< ${started.agent} … >>>>>>> ${target})`)]),
    ...(started.unmarked.length === 0 ? [] : [
      next(`where there are no markers, keep ${started.agent}'s version (git restore --source HEAD --staged --worktree -- PATH),`),
      `      ${target}'s (git restore --source MERGE_HEAD --staged --worktree -- PATH), or none (git rm PATH)`,
    ]),
    next('git add PATH… && git commit --no-edit --cleanup=strip'),
    next(`${started.landsBy}   (or give it up: git -C ${place} merge --abort)`),
    '',
  ].join('\n');
}

export function conflictJson(entry: ConflictEntry): Record<string, unknown> {
  const { conflict } = entry;
  const text = (lines: readonly string[]): string[] => lines.map(decodeBytes);
  return {
    id: conflict.id, state: entry.state, target: entry.target, verdict: 'conflict', level: conflict.level, type: conflict.type, path: showPath(conflict.path), lines: conflict.lines,
    agents: [conflict.agent, otherName(conflict)], tip: conflict.tip, onto: conflict.onto, base: conflict.base, other: conflict.other, landing: entry.landing,
    resolution: entry.resolution === null ? null : { take: entry.resolution.take.map((side) => (side === 'agent' ? conflict.agent : entry.target)), by: entry.resolution.by, at: new Date(entry.resolution.at).toISOString(), commit: entry.resolution.commit },
    firstSeen: new Date(conflict.at).toISOString(), lastSeen: new Date(conflict.seenAt).toISOString(), timesSeen: conflict.timesSeen,
    excerpt: conflict.excerpt === null ? null : { base: text(conflict.excerpt.base), target: text(conflict.excerpt.onto), agent: text(conflict.excerpt.tip) },
    modes: conflict.modes ?? null,
    sides: conflict.sides === undefined ? null : { base: versionJson(conflict.sides.base), target: versionJson(conflict.sides.onto), agent: versionJson(conflict.sides.tip), linesToo: conflict.sides.linesToo === true },
  };
}

function versionJson(version: Version | null): Record<string, unknown> | null {
  return version === null ? null : { ...version, ...(version.path === undefined ? {} : { path: showPath(version.path) }), link: version.link === null ? null : decodeBytes(version.link) };
}
