import { ago } from '../../core/ago.ts';
import { authorName } from '../../core/authorship.ts';
import type { FileOwner } from '../../core/ownership.ts';
import { escapeText, plural, showPath, truncate } from '../../core/text.ts';
import { lockWords } from '../../operations/live-locks.ts';
import { tally, type Authored, type AuthoredLines } from '../../operations/ownership/authored.ts';
import type { UnlandedWork, Who } from '../../operations/ownership/who.ts';
import { authorText, lookedAtJson, placeText } from './author.ts';
import { authoredJson } from './blame.ts';
import { lockJson } from './lock.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

const LABEL = 10;
const LONGEST_SUBJECT = 60;
const LONGEST_TASK = 80;

/** What was asked about, then a paragraph a question, its name before it; `at` is now, epoch milliseconds. */
export function renderWho(who: Who, style: Style, at: number): string {
  const { found, isFolder } = who;
  const lines = found.lines === null ? '' : `:${found.lines[0]}${found.lines[1] - found.lines[0] > 1 ? `-${found.lines[1] - 1}` : ''}`;
  const where = found.entry !== null ? placeText(found.at) : found.holders.length > 0 ? `not in ${escapeText(found.at.name)}; in the branches of ${found.holders.join(', ')}` : `not in ${escapeText(found.at.name)}`;
  return [
    ...wrap(`${found.path === '' ? '.' : showPath(found.path)}${lines}${isFolder ? ' (folder)' : ''}, ${where}`, style.width).map(style.bold),
    ...(found.lines !== null && who.authored?.kind === 'lines' ? lineAnswers(who.authored.groups, style, at) : []),
    ...paragraph('owner', isFolder ? belowText(who.ownedBelow) : [...who.owners.map(ownerText), ...who.parts.map((part) => `${ownerText(part)}: lines ${escapeText(part.lines)}`)], 'nobody', style),
    ...paragraph('unlanded', who.unlanded.map(workText), 'no agent has changed it', style),
    ...(who.locks.length === 0 ? [] : paragraph('locked', who.locks.map((lock) => `by ${escapeText(lock.holder)} (${escapeText(lock.pattern)}) ${escapeText(lockWords(lock))}`), '', style)),
    ...(found.lines !== null || who.authored === null ? [] : paragraph('written', writtenTexts(who.authored), 'it is empty', style)),
    '',
  ].join('\n');
}

function paragraph(name: string, texts: readonly string[], none: string, style: Style): string[] {
  const shown = texts.length === 0 ? [none] : texts;
  return shown.flatMap((text) => wrap(text, style.width - LABEL)).map((line, index) => `${index === 0 ? style.dim(name.padEnd(LABEL)) : ' '.repeat(LABEL)}${line}`);
}

function lineAnswers(groups: readonly AuthoredLines[], style: Style, now: number): string[] {
  return groups.flatMap(({ lines: [start, end], by }) => {
    const tasks = [...by.tasks].map(([agent, task]) => `task of ${agent}: ${truncate(escapeText(task), LONGEST_TASK)}`);
    const when = by.text === null ? '' : `, ${ago(now - by.text.at)}: ${truncate(escapeText(by.text.subject), LONGEST_SUBJECT)}`;
    return paragraph(end - start === 1 ? `${start}` : `${start}-${end - 1}`, [
      `${authorText(by)}, commit ${by.commit.slice(0, 8)}${when}`,
      ...(by.landing === null ? [] : [`landed in ${escapeText(by.landing.id)}`]), ...tasks,
    ], '', style);
  });
}

function ownerText({ agent, how, handoff }: FileOwner): string {
  const why = how === 'changed' ? 'has changed it and not landed' : how === 'assigned' ? 'it was assigned' : `accepted it in handoff ${escapeText(handoff ?? '')}`;
  return `${escapeText(agent)}: ${why}`;
}

function belowText(owned: ReadonlyMap<string, number>): string[] {
  return [...owned].map(([agent, count]) => `${escapeText(agent)}: ${plural(count, 'file')} in it`);
}

function workText({ agent, branch, commits, newest, uncommitted, task }: UnlandedWork): string {
  const parts = [
    ...(commits === 0 ? [] : [`${plural(commits, 'commit')} on ${escapeText(branch)}${newest === null ? '' : `, newest ${newest.id.slice(0, 8)} ${truncate(escapeText(newest.subject), LONGEST_SUBJECT)}`}`]),
    ...(uncommitted === null ? ['its worktree cannot be looked at'] : uncommitted === 0 ? [] : [uncommitted === 1 ? 'uncommitted' : `${uncommitted} files uncommitted`]),
    ...(commits === 0 && uncommitted === 0 ? [`on ${escapeText(branch)}`] : []),
    ...(task === null ? [] : [`task: ${truncate(escapeText(task), LONGEST_TASK)}`]),
  ];
  return `${agent}: ${parts.join('; ')}`;
}

function writtenTexts(authored: Authored): string[] {
  if (authored.kind === 'whole') return [`${authored.what === 'binary' ? 'binary' : 'a submodule'}${authored.by === null ? '' : `, last changed by ${authorText(authored.by)}, commit ${authored.by.commit.slice(0, 8)}${authored.by.landing === null ? '' : `, landed in ${escapeText(authored.by.landing.id)}`}`}`];
  return [...countsOf(authored)].map(([name, lines]) => `${name}: ${lines} of ${plural(authored.count, 'line')}`);
}

/** Lines for each author, most first. */
function countsOf({ groups }: Extract<Authored, { kind: 'lines' }>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { by, lines } of tally(groups)) counts.set(authorName(by.author), (counts.get(authorName(by.author)) ?? 0) + lines);
  return new Map([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
}

export function whoJson(who: Who): Record<string, unknown> {
  const { found, authored } = who;
  return {
    path: showPath(found.path), asked: found.lines, at: lookedAtJson(found.at), inBranchesOf: found.holders,
    is: who.isFolder ? 'folder' : found.entry === null ? 'not-there' : 'file',
    owners: who.owners, parts: who.parts, ownedBelow: Object.fromEntries(who.ownedBelow),
    unlanded: who.unlanded, locks: who.locks.map(lockJson),
    written: authored === null ? null : { ...authoredJson(authored), counts: authored.kind === 'lines' ? Object.fromEntries(countsOf(authored)) : null },
  };
}
