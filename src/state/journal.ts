import { appendFileSync, mkdirSync, openSync, closeSync, fstatSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isTimedEvent } from '../core/event-shape.ts';
import { byTime, type Event, type JournalRecord } from '../core/events.ts';
import { frame, parseFrames } from '../core/frames.ts';
import { emptyLedger, foldRecords, parseLedger, type Ledger } from '../core/ledger.ts';
import { readIfThere } from './atomic-file.ts';
import type { Layout } from './layout.ts';

/** A piece of a journal file that is no record. It stays in its file, byte for byte. */
export interface Torn {
  readonly file: string;
  /** Byte offset in the file. */
  readonly at: number;
  readonly length: number;
}

/** The ledger at one moment, and what it was read from. */
export interface JournalReading {
  readonly ledger: Ledger;
  readonly torn: readonly Torn[];
  /** File → bytes that the ledger holds. */
  readonly covers: ReadonlyMap<string, number>;
  /** Bytes read beyond the checkpoint. */
  readonly liveBytes: number;
}

/** Writes this process's events; each call is one append, which a kill leaves whole or torn, never mixed with another's. */
export interface JournalWriter {
  append(...events: readonly Event[]): void;
}

/** The ledger folded so far, as compaction leaves it; deleting it loses nothing but time. */
export interface Checkpoint {
  readonly version: 1;
  readonly covers: readonly (readonly [string, number])[];
  readonly torn: readonly Torn[];
  /** A ledger as `serializeLedger` writes it. */
  readonly ledger: string;
}

export const CHECKPOINT_FILE = 'checkpoint.json';

/** A writer with a file of its own, made at the first event. */
export function openJournal(layout: Layout): JournalWriter {
  const file = join(layout.journal, `p-${Date.now().toString(36)}-${process.pid}.log`);
  return {
    append: (...events) => {
      if (events.length === 0) return;
      mkdirSync(layout.journal, { recursive: true });
      const at = Date.now();
      // Opened at each append: a file that compaction archived is simply begun anew.
      appendFileSync(file, events.map((event) => frame({ ...event, at })).join(''), { flag: 'a' });
    },
  };
}

/** Reads the checkpoint and whatever was appended since. */
export function readJournal(layout: Layout): JournalReading {
  const checkpoint = readCheckpoint(layout);
  const covers = new Map(checkpoint?.covers ?? []);
  const torn: Torn[] = [...(checkpoint?.torn ?? [])];
  const records: JournalRecord[] = [];
  let liveBytes = 0;
  // Without a checkpoint the archives are read too: it is only a cache of the event files.
  for (const file of checkpoint === null ? allFiles(layout) : eventFiles(layout)) {
    const from = covers.get(file) ?? 0;
    const part = readRecords(layout, file, from);
    records.push(...part.records);
    torn.push(...part.torn);
    covers.set(file, part.end);
    liveBytes += part.end - from;
  }
  records.sort(byTime);
  const ledger = checkpoint === null ? emptyLedger() : parseLedger(checkpoint.ledger);
  return { ledger: foldRecords(ledger, records), torn, covers, liveBytes };
}

/** The records of one file from a byte offset on. A file shorter than that was begun anew. */
export function readRecords(layout: Layout, file: string, from: number): { records: JournalRecord[]; torn: Torn[]; end: number } {
  const { bytes, start } = readFrom(join(layout.journal, file), from);
  const frames = parseFrames(bytes, (text) => Buffer.from(text, 'latin1').toString('utf8'));
  const records: JournalRecord[] = [];
  const torn: Torn[] = frames.torn.map((piece) => ({ file, at: start + piece.at, length: piece.length }));
  for (const { at, value } of frames.values) {
    if (isTimedEvent(value)) records.push({ ...value, writer: file, seq: start + at });
    else torn.push({ file, at: start + at, length: 0 });
  }
  return { records, torn, end: start + frames.end };
}

/** The files that hold events not yet archived: one a process (`p-`), one a worktree's hooks (`hook-`). */
export function eventFiles(layout: Layout): string[] {
  return journalFiles(layout).filter((name) => name.startsWith('p-') || name.startsWith('hook-'));
}

/** All files of the journal, archives included, by name. */
export function allFiles(layout: Layout): string[] {
  return journalFiles(layout).filter((name) => /^(p|hook|archive)-/.test(name));
}

function journalFiles(layout: Layout): string[] {
  try {
    return readdirSync(layout.journal).filter((name) => name.endsWith('.log')).sort();
  } catch {
    return [];
  }
}

function readCheckpoint(layout: Layout): Checkpoint | null {
  const text = readIfThere(join(layout.journal, CHECKPOINT_FILE));
  if (text === null) return null;
  try {
    const checkpoint = JSON.parse(text) as Checkpoint;
    return checkpoint.version === 1 ? checkpoint : null;
  } catch {
    return null;
  }
}

function readFrom(path: string, from: number): { bytes: string; start: number } {
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    const start = from > size ? 0 : from;
    const buffer = Buffer.alloc(size - start);
    const read = readSync(file, buffer, 0, buffer.length, start);
    return { bytes: buffer.toString('latin1', 0, read), start };
  } finally {
    closeSync(file);
  }
}
