import { settledEdits } from '../../core/sides.ts';
import { placeOf } from '../../core/place.ts';
import { takeText } from '../../core/take.ts';
import { decodeBytes, escapeText, plural, shellWord, showPath } from '../../core/text.ts';
import type { Question } from '../../operations/conflicts/ask.ts';
import type { Dropped } from '../../operations/conflicts/drop.ts';
import type { giveConflicts } from '../../operations/conflicts/give.ts';
import type { ConflictEntry } from '../../operations/conflicts/list.ts';
import type { Taken, TakenSides } from '../../operations/conflicts/take-sides.ts';
import { conflictJson, renderConflict } from './conflict.ts';
import type { Style } from './style.ts';

/** Of more than these, places are named without what stands there. */
const SHOWN_IN_FULL = 10;

export function renderTaken({ taken, left, landsBy }: TakenSides, style: Style): string {
  const lines = taken.flatMap((one) => [
    `${style.green('settled')}  ${style.yellow(one.entry.conflict.id)}  ${style.bold(placeOf(one.entry.conflict))}: ${escapeText(takeText(one.take, sidesOf(one.entry)))}`,
    ...(taken.length > SHOWN_IN_FULL ? [] : whatComes(one)),
    ...whatWas(one, style),
  ]);
  if (taken.length === 0) lines.push('nothing was settled');
  if (left.length > 0) lines.push(`${plural(left.length, 'conflict')} left: ${idsOf(left)}`);
  for (const command of landsBy) lines.push(`${style.cyan('next')}: ${command}   (the branch does not move; to take it back: aiteam conflicts drop ID)`);
  if (left[0] !== undefined) lines.push(`${style.cyan('next')}: aiteam conflicts show ${left[0].conflict.id}`);
  return `${lines.join('\n')}\n`;
}

/** What stands at a place then. */
function whatComes({ lines, edits }: Taken): string[] {
  if (lines === null) return edits.map((edit) => `    ${settledEdits(edit)}`);
  return lines.length === 0 ? ['    (no lines)'] : lines.map((line) => `    | ${escapeText(decodeBytes(line.replace(/\r?\n$/, '')))}`);
}

/** What was taken before, and the command that takes it again. */
function whatWas({ entry, take, before }: Taken, style: Style): string[] {
  if (before === null) return [];
  const [was, is] = [before.take, take].map((one) => takeText(one, sidesOf(entry)));
  return [`    ${style.yellow('replaced')}  it was ${escapeText(was ?? '')}, taken by ${escapeText(before.by)}, and is ${escapeText(is ?? '')} now; to have that again: aiteam conflicts resolve ${entry.conflict.id} --take ${shellWord(was ?? '')}`];
}

export function takenJson({ taken, left, landsBy }: TakenSides): Record<string, unknown> {
  return {
    settled: taken.map(({ entry, take, lines, edits, before }) => ({
      ...conflictJson(entry), take: take.map((side) => sidesOf(entry)[side]),
      result: lines === null ? null : lines.map(decodeBytes), paths: edits.map(({ path, entry: kept }) => ({ path: showPath(path), mode: kept?.mode ?? null, blob: kept?.blob ?? null })),
      before: before === null ? null : { take: before.take.map((side) => sidesOf(entry)[side]), by: before.by, commit: before.commit },
    })),
    left: left.map(({ conflict }) => conflict.id), landsBy,
  };
}

export function renderDropped({ entry, resolution }: Dropped, style: Style): string {
  const { conflict } = entry;
  const take = escapeText(takeText(resolution.take, sidesOf(entry)));
  return `dropped  ${style.yellow(conflict.id)}  ${placeOf(conflict)}: ${take} is not taken any more\nto take it again: aiteam conflicts resolve ${conflict.id} --take ${shellWord(takeText(resolution.take, sidesOf(entry)))}\n`;
}

export function renderGiven({ handoff, isNew, entries }: Awaited<ReturnType<typeof giveConflicts>>, style: Style): string {
  const words = isNew ? 'handed over' : 'was handed over before';
  return `${style.green(words)}  ${plural(entries.length, 'conflict')} to ${style.bold(escapeText(handoff.to))}: handoff ${handoff.id}\n`;
}

/** One conflict, and what can be answered. */
export function renderQuestion({ entry, number, of, choices }: Question, style: Style): string {
  const options = choices.map((choice, index) => `${style.bold(String(index + 1))} ${escapeText(choice)}`);
  return `\n${number} of ${of}\n${renderConflict(entry, style, false)}take: ${[...options, `${style.bold('s')} leave it open`, `${style.bold('q')} quit`].join(', ')}? `;
}

function sidesOf({ conflict, target }: ConflictEntry): { agent: string; target: string } {
  return { agent: conflict.agent, target };
}

function idsOf(entries: readonly ConflictEntry[]): string {
  const shown = entries.slice(0, 10).map(({ conflict }) => `${conflict.id} (${placeOf(conflict)})`);
  return `${shown.join(', ')}${entries.length > shown.length ? ', …' : ''}`;
}
