import type { HandoffText } from './events.ts';
import { escapeBlock, escapeText } from './text.ts';

/** One entry of handoff.md. */
export interface HandoffEntry extends HandoffText {
  /** Local time as written: `2026-01-15 10:30`. */
  readonly time: string;
}

/** An entry without a task would not be read back as one. */
const NO_TASK = '(none)';

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d$/;
export const NAME = /^[a-z][a-z0-9._-]*$/;

/** The handoff as an entry that can be written to a file and read back without becoming another one. */
export function entryOf(handoff: HandoffText, time: string): HandoffEntry {
  return normalEntry({ ...handoff, time });
}

/** The entry in the one form that writing and reading keep: a line a value but context and notes, nothing that a terminal acts on. */
export function normalEntry(entry: HandoffEntry): HandoffEntry {
  return {
    time: TIME.test(entry.time) ? entry.time : '0000-00-00 00:00',
    from: NAME.test(entry.from) ? entry.from : 'unknown',
    to: NAME.test(entry.to) ? entry.to : 'unknown',
    task: normalLine(entry.task) || NO_TASK,
    context: normalBlock(entry.context),
    files: entry.files.map(normalLine).filter((file) => file !== ''),
    notes: normalBlock(entry.notes),
  };
}

/** The entry's id, by a hash of all that it says: the same entry read twice is one handoff. */
export function entryId(entry: HandoffEntry, hash: (text: string) => string): string {
  const { time, from, to, task, context, files, notes } = normalEntry(entry);
  return hash(JSON.stringify([time, from, to, task, context, files, notes]));
}

/** The entry as text. `status` is a line for readers, which reading passes over. */
export function renderEntry(entry: HandoffEntry, status: string | null): string {
  const { time, from, to, task, context, files, notes } = normalEntry(entry);
  const lines = [`## [${time}] @${from} → @${to}`, '', `**Task**: ${task}`];
  if (context !== null) lines.push(...renderField('Context', context));
  if (files.length > 0) lines.push('**Files to modify**:', ...files.map((file) => `- \`${file}\``));
  if (notes !== null) lines.push(...renderField('Notes', notes));
  if (status !== null) lines.push(`**Status**: ${normalLine(status)}`);
  return `${lines.join('\n')}\n`;
}

/** A text of several lines is quoted, so that no line of it can be taken for a heading or a field. */
function renderField(name: string, text: string): string[] {
  if (!text.includes('\n')) return [`**${name}**: ${text}`];
  return [`**${name}**:`, ...text.split('\n').map((line) => (line === '' ? '>' : `> ${line}`))];
}

function normalLine(text: string): string {
  return escapeText(text.replace(/\s+/g, ' ').trim()).trim();
}

function normalBlock(text: string | null): string | null {
  if (text === null) return null;
  const lines = escapeBlock(text.replace(/\r\n?/g, '\n')).split('\n').map((line) => line.trimEnd());
  const block = withoutBlankEnds(lines).join('\n').trim();
  return block === '' ? null : block;
}

/** The lines without blank ones at the beginning and the end. */
export function withoutBlankEnds(lines: readonly string[]): string[] {
  const from = lines.findIndex((line) => line.trim() !== '');
  const to = lines.findLastIndex((line) => line.trim() !== '');
  return from < 0 ? [] : lines.slice(from, to + 1);
}
