import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isTimedEvent, isUnknownEvent } from '../core/event-shape.ts';
import type { JournalRecord } from '../core/events.ts';
import { frame, parseFrames, type Frames } from '../core/frames.ts';
import { namesIn } from './atomic-file.ts';
import type { Layout } from './layout.ts';
import { thisPlace } from './owner.ts';

/** A piece of a journal file that is no record. It stays where it is, byte for byte. */
export interface Torn {
  /** The event file that it was written to; an archive may hold that file now. */
  readonly file: string;
  /** Byte offset in the file. */
  readonly at: number;
  readonly length: number;
}

/** What one file of the journal holds from some offset on. */
export interface FileReading {
  readonly records: readonly JournalRecord[];
  readonly torn: readonly Torn[];
  /** How far it counts as read. */
  readonly end: number;
  /** Length of a last frame that was begun and not ended. */
  readonly unfinished: number;
  /** When the file was last written, epoch milliseconds. */
  readonly writtenAt: number;
}

/** Who writes a process file, as its name says. */
export interface ProcessFile {
  readonly startedAt: number;
  readonly pid: number;
  /** As `thisPlace` says it. */
  readonly place: string;
}

/** The name of this process's own event file. */
export function processFileName(startedAt: number): string {
  return `p-${startedAt.toString(36)}-${process.pid}-${thisPlace()}.log`;
}

export function parseProcessFileName(name: string): ProcessFile | null {
  const [, started = '', pid = '', place = ''] = /^p-([0-9a-z]+)-(\d+)-(.+)\.log$/.exec(name) ?? [];
  return place === '' ? null : { startedAt: Number.parseInt(started, 36), pid: Number(pid), place };
}

/** The files that hold events not yet archived: one a process (`p-`), one a worktree's hooks (`hook-`). */
export function eventFiles(layout: Layout): string[] {
  return journalFiles(layout).filter((name) => name.startsWith('p-') || name.startsWith('hook-'));
}

/** The files that compaction put together from process files. */
export function archiveFiles(layout: Layout): string[] {
  return journalFiles(layout).filter((name) => name.startsWith('archive-'));
}

function journalFiles(layout: Layout): string[] {
  return namesIn(layout.journal).filter((name) => name.endsWith('.log'));
}

/** The records of one event file from a byte offset on. A file shorter than that was begun anew. */
export function readEvents(layout: Layout, file: string, from: number): FileReading {
  const { bytes, start, writtenAt } = readBytes(layout, file, from);
  const found = recordsIn(parse(bytes), file, start);
  return { ...found, end: start + found.end, unfinished: bytes.length - found.end, writtenAt };
}

/** An event file with all that it holds, also when it lies in an archive now. */
export interface WholeFile {
  readonly file: string;
  /** One character a byte (latin1). */
  readonly bytes: string;
}

/** The bytes of an archive: a header that lists the files with their lengths, then the files as they were. */
export function archiveBytes(files: readonly WholeFile[]): string {
  const header = frame({ archive: 1, files: files.map(({ file, bytes }) => [file, bytes.length]) });
  return header + files.map(({ bytes }) => bytes).join('');
}

/** What an archive was put together from; an archive without its header is one piece. */
export function readArchive(layout: Layout, archive: string): WholeFile[] {
  const { bytes } = readBytes(layout, archive, 0);
  const headerEnd = bytes.indexOf('\n') + 1;
  const files = listedFiles(parse(bytes.slice(0, headerEnd)).values[0]?.value);
  if (files === null) return [{ file: archive, bytes }];
  let at = headerEnd;
  return files.map(([file, length]) => ({ file, bytes: bytes.slice(at, at += length) }));
}

/** The records of an archived file, with the place in the journal that they had before. */
export function archivedEvents({ file, bytes }: WholeFile): { records: JournalRecord[]; torn: Torn[] } {
  const { records, torn, end } = recordsIn(parse(bytes), file, 0);
  return { records, torn: end === bytes.length ? torn : [...torn, { file, at: end, length: bytes.length - end }] };
}

/** How many bytes of an event file an archive holds already: its deletion was cut short. */
export function archivedLength(layout: Layout, file: string, pieces: readonly WholeFile[]): number {
  const candidates = pieces.filter((piece) => piece.file === file);
  if (candidates.length === 0) return 0;
  const { bytes } = readBytes(layout, file, 0);
  // Where it does not begin so, a process that was thought dead has begun the file anew.
  return candidates.find((piece) => bytes.startsWith(piece.bytes))?.bytes.length ?? 0;
}

export function readWhole(layout: Layout, file: string): WholeFile {
  return { file, bytes: readBytes(layout, file, 0).bytes };
}

function listedFiles(header: unknown): [string, number][] | null {
  const files = (header as { archive?: unknown; files?: unknown } | undefined)?.files;
  return Array.isArray(files) && files.every((entry) => Array.isArray(entry) && typeof entry[0] === 'string' && Number.isInteger(entry[1])) ? files as [string, number][] : null;
}

function recordsIn(frames: Frames, file: string, from: number): { records: JournalRecord[]; torn: Torn[]; end: number } {
  const records: JournalRecord[] = [];
  const torn: Torn[] = frames.torn.map(({ at, length }) => ({ file, at: from + at, length }));
  for (const { at, length, value } of frames.values) {
    if (isTimedEvent(value)) records.push(Object.assign(value, { writer: file, seq: from + at }));
    else if (!isUnknownEvent(value)) torn.push({ file, at: from + at, length });
  }
  return { records, torn, end: frames.end };
}

function parse(bytes: string): Frames {
  // Most journals are plain ASCII, which is the same in both.
  return parseFrames(bytes, /[^\0-\x7f]/.test(bytes) ? (text) => Buffer.from(text, 'latin1').toString('utf8') : (text) => text);
}

function readBytes(layout: Layout, name: string, from: number): { bytes: string; start: number; writtenAt: number } {
  const file = openSync(join(layout.journal, name), 'r');
  try {
    const { size, mtimeMs } = fstatSync(file);
    const start = from > size ? 0 : from;
    const buffer = Buffer.alloc(size - start);
    const read = readSync(file, buffer, 0, buffer.length, start);
    return { bytes: buffer.toString('latin1', 0, read), start, writtenAt: mtimeMs };
  } finally {
    closeSync(file);
  }
}
