import { EXCERPT_LINES, type Sides } from '../events.ts';
import { landingOf, targetOf, type Conflict, type Predicted } from '../ledger.ts';
import { adviceText, ownerText } from '../overlap-text.ts';
import { deedsText, versionText } from '../sides.ts';
import { decodeBytes, escapeText, showPath, truncate } from '../text.ts';
import { byPlace, placeOf } from '../place.ts';
import { conflictFate, overlapFate } from './fates.ts';
import type { ShowTime, Team } from './team.ts';

const LONGEST_LINE = 120;
/** Lines of each side that are shown of a conflict that is over. */
const OVER_LINES = 5;

/** The text of conflicts.log: a block a conflict, met or foreseen, oldest first. */
export function renderConflictsLog(team: Team, showTime: ShowTime): string {
  const open = team.conflicts.filter((conflict) => conflict.closed === null).length;
  const foreseen = team.overlaps.length === 0 ? '' : `, ${team.overlaps.length} predicted`;
  const head = `# Conflicts met while landing, on ${escapeText(team.target)} if none is named, oldest first: ${open} open, ${team.conflicts.length - open} over${foreseen}. Read anew by: aiteam conflicts`;
  const blocks = [
    ...team.conflicts.map((conflict) => ({ of: conflict, text: () => block(conflict, team, showTime) })),
    ...team.overlaps.map((overlap) => ({ of: overlap, text: () => predictedBlock(overlap, team, showTime) })),
  ].toSorted((a, b) => a.of.at - b.of.at || byPlace(a.of, b.of) || (a.of.id < b.of.id ? -1 : 1));
  return `${[[head, ...openRows(team)].join('\n'), ...blocks.map(({ text }) => text())].join('\n\n')}\n`;
}

/** A row for each open conflict, those that are not about lines first: where to look in a long log. */
function openRows(team: Team): string[] {
  const open = team.conflicts.filter((conflict) => conflict.closed === null);
  if (open.length < 2) return [];
  const sorted = open.toSorted((a, b) => Number(a.level !== 'structural') - Number(b.level !== 'structural') || a.at - b.at || byPlace(a, b) || (a.id < b.id ? -1 : 1));
  return sorted.map((conflict) => `#   ${escapeText(conflict.id)}  ${stateOf(conflict, team).padEnd(7)}  ${conflict.level.padEnd(10)}  ${conflict.agent}  ${truncate(placeOf(conflict), LONGEST_LINE)}`);
}

function stateOf(conflict: Conflict, { resolutions }: Team): string {
  return conflict.closed?.how ?? (resolutions.some(({ id, dropped }) => id === conflict.id && dropped === null) ? 'settled' : 'open');
}

function block(conflict: Conflict, team: Team, showTime: ShowTime): string {
  const branch = targetOf(conflict, team.target);
  const target = escapeText(branch);
  const lines = [
    `[${showTime(conflict.at)}] conflict ${escapeText(conflict.id)}: ${stateOf(conflict, team)}`,
    field('verdict', `conflict (${escapeText(conflict.type)})`),
    field('level', conflict.level),
    field('path', showPath(conflict.path)),
    ...(branch === team.target ? [] : [field('landing on', target)]),
    ...(conflict.lines === null ? [] : [field('lines', linesOf(conflict.lines))]),
    field(conflict.agent, `commit ${shortId(conflict.tip)}${taskOf(team, conflict.agent)}`),
    field(target, otherSide(conflict, team, showTime)),
  ];
  const most = conflict.closed === null ? EXCERPT_LINES : OVER_LINES;
  if (conflict.excerpt !== null) lines.push(...excerpt(target, conflict.excerpt.onto, most), ...excerpt(conflict.agent, conflict.excerpt.tip, most));
  if (conflict.sides !== undefined) lines.push(field('question', deedsText(conflict, branch)), ...versions(conflict.agent, target, conflict.sides));
  lines.push(...conflictFate(conflict, team, showTime).map(([name, text]) => field(name, text)));
  const state = stateOf(conflict, team);
  if (state === 'open') lines.push(field('resolve', `aiteam conflicts resolve ${escapeText(conflict.id)}`));
  if (state === 'settled') lines.push(field('to land it', `aiteam integrate ${branch === team.target ? '' : `--into ${target} `}${conflict.agent}`));
  return lines.join('\n');
}

function predictedBlock(overlap: Predicted, team: Team, showTime: ShowTime): string {
  const fate = overlapFate(overlap, team, showTime);
  const sides = overlap.sides.map(({ agent, commit }) => {
    if (agent === null) return field(escapeText(team.target), 'landed');
    return field(escapeText(agent), `${commit === null ? 'uncommitted' : `commit ${shortId(commit)}`}${taskOf(team, agent)}`);
  });
  const head = `[${showTime(overlap.at)}] overlap ${escapeText(overlap.id)}: predicted${fate.map(([name]) => `, ${name}`).join('')}`;
  // What came of it says the rest.
  if (fate.length > 0) return [head, field('place', placeOf(overlap)), ...fate.map(([name, text]) => field(name, text))].join('\n');
  return [
    head,
    field('verdict', `${overlap.verdict} (${escapeText(overlap.type)})`),
    field('level', overlap.level),
    field('path', showPath(overlap.path)),
    ...(overlap.lines === null ? [] : [field('lines', linesOf(overlap.lines))]),
    ...sides,
    ...(overlap.owner === null ? [] : [field('owner', ownerText(overlap.owner))]),
    ...(overlap.advice === null ? [] : [field('what to do', adviceText(overlap.advice, team.target))]),
  ].join('\n');
}

function otherSide(conflict: Conflict, team: Team, showTime: ShowTime): string {
  const { other } = conflict;
  switch (other.kind) {
    case 'agent': {
      const landing = landingOf(team.landings, other.commit);
      const landed = landing === undefined ? 'not landed yet' : `landed [${showTime(landing.at)}] in landing ${escapeText(landing.id)}`;
      return `commit ${shortId(other.commit)} by ${other.agent}, ${landed}${taskOf(team, other.agent)}`;
    }
    case 'human': return `commit ${shortId(other.commit)} by human`;
    case 'unknown': return `commit ${shortId(conflict.onto)}, lines by unknown`;
  }
}

function taskOf(team: Team, agent: string): string {
  const task = team.members.find((member) => member.agent === agent)?.task ?? null;
  return task === null ? '' : `, task: ${truncate(escapeText(task), LONGEST_LINE)}`;
}

/** One side's lines; the bar before each keeps them apart from what the log itself says. */
function excerpt(side: string, lines: readonly string[], most: number): string[] {
  const shown = lines.slice(0, most).map((line) => `    | ${truncate(escapeText(decodeBytes(beginning(line))), LONGEST_LINE)}`);
  if (shown.length === 0) return [`  ${side} has no lines there`];
  return [`  ${side} has there:`, ...shown, ...(lines.length > most || lines.length >= EXCERPT_LINES ? ['    | …'] : [])];
}

function versions(agent: string, target: string, { base, onto, tip }: Sides): string[] {
  return [`  base has: ${versionText(base)}`, `  ${target} has: ${versionText(onto)}`, `  ${agent} has: ${versionText(tip)}`];
}

/** More bytes than are shown, and no half of a character at the end: decoding a long line costs time. */
function beginning(line: string): string {
  const most = 4 * LONGEST_LINE;
  return line.length <= most ? line : line.slice(0, most).replace(/[\u00c0-\u00ff][\u0080-\u00bf]*$/, '');
}

/** `5-6` of the half-open `[5, 7)`. */
function linesOf([start, end]: readonly [number, number]): string {
  if (start === end) return `insertion before ${start} of the base`;
  return `${start}${end - start > 1 ? `-${end - 1}` : ''} of the base`;
}

function field(name: string, value: string): string {
  return `  ${`${name}:`.padEnd(11)} ${value}`;
}

function shortId(id: string): string {
  return escapeText(id.slice(0, 8));
}
