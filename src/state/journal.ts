import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../core/errors.ts';
import { EVENT_KINDS } from '../core/event-shape.ts';
import { byTime, type Event, type JournalRecord } from '../core/events.ts';
import { foldRecords } from '../core/fold.ts';
import { frame } from '../core/frames.ts';
import { copyLedger, emptyLedger, unpackLedger, type Ledger, type PackedLedger } from '../core/ledger.ts';
import { failpoint } from '../process/failpoint.ts';
import { isMissing, readIfThere, replaceFile } from './atomic-file.ts';
import { archivedEvents, archivedLength, archiveFiles, eventFiles, processFileName, readArchive, readEvents, type WholeFile, type Torn } from './journal-files.ts';
import type { Layout } from './layout.ts';

/** The ledger at one moment, and what it was read from. */
export interface JournalReading {
  readonly ledger: Ledger;
  /** Pieces that are no record, a frame that was begun and left unfinished included. */
  readonly torn: readonly Torn[];
  /** Event file → bytes that the ledger holds. */
  readonly covers: ReadonlyMap<string, number>;
  /** Bytes read beyond the checkpoint. */
  readonly liveBytes: number;
  /** Which checkpoint that was: another one since then means that the files have changed their names. */
  readonly checkpoint: string;
}

/** Writes this process's events; each call is one append, which a kill leaves whole or torn, never mixed with another's. */
export interface JournalWriter {
  /** Errors: `journal-write` where the file system takes no more. */
  append(...events: readonly Event[]): void;
}

/** The ledger folded so far, as compaction leaves it; deleting it loses nothing but time. */
export interface Checkpoint {
  /** Of what a ledger holds. */
  readonly version: 2;
  /** The kinds of event that its writer knew: one that knew fewer has left events out. */
  readonly kinds: readonly string[];
  readonly covers: readonly (readonly [string, number])[];
  readonly torn: readonly Torn[];
  readonly ledger: PackedLedger;
}

const CHECKPOINT_FILE = 'checkpoint.json';
/** A frame without its end counts as torn when nobody has written to its file for so long. */
const UNFINISHED_MS = 10_000;
const ATTEMPTS = 10;

/** A writer with a file of its own, made at the first event. */
export function openJournal(layout: Layout): JournalWriter {
  const file = join(layout.journal, processFileName(Date.now()));
  return {
    append: (...events) => {
      if (events.length === 0) return;
      const at = Date.now();
      try {
        mkdirSync(layout.journal, { recursive: true });
        failpoint('journal-append');
        appendFileSync(file, events.map((event) => frame({ ...event, at })).join(''));
      } catch (error) {
        throw refusal('journal-write', `what was done could not be recorded: ${error instanceof Error ? error.message : String(error)}`, 'make room on the disk or see to its permissions, then: aiteam doctor');
      }
    },
  };
}

/** Reads the checkpoint and whatever was appended since; after an `earlier` reading only what was appended since that one. */
export function readJournal(layout: Layout, earlier?: JournalReading): JournalReading {
  return settled(layout, (checkpoint) => readOn(layout, earlier?.checkpoint === checkpoint ? earlier : readCheckpoint(layout, checkpoint), checkpoint));
}

/** Every record of the journal, archives included, oldest first. */
export function readHistory(layout: Layout): JournalRecord[] {
  return settled(layout, () => readAll(layout).records.sort(byTime));
}

/** Writes the checkpoint in place of the last one. */
export function writeCheckpoint(layout: Layout, checkpoint: Omit<Checkpoint, 'version' | 'kinds'>): void {
  replaceFile(join(layout.journal, CHECKPOINT_FILE), JSON.stringify({ version: 2, kinds: EVENT_KINDS, ...checkpoint }));
}

interface FilesRead {
  readonly records: JournalRecord[];
  readonly torn: Torn[];
  readonly covers: Map<string, number>;
  readonly bytes: number;
}

function readOn(layout: Layout, known: JournalReading | null, checkpoint: string): JournalReading {
  // The checkpoint is only a cache of the files: without it they are all read, archives too.
  const read = known === null ? readAll(layout) : readLive(layout, known.covers);
  // A frame that was unfinished then may have grown.
  const torn = known?.torn.filter(({ file, at }) => at < (known.covers.get(file) ?? Number.POSITIVE_INFINITY)) ?? [];
  return {
    ledger: known !== null && read.records.length === 0 ? known.ledger : foldRecords(known === null ? emptyLedger() : copyLedger(known.ledger), read.records),
    torn: [...torn, ...read.torn],
    covers: read.covers,
    liveBytes: (known?.liveBytes ?? 0) + read.bytes,
    checkpoint,
  };
}

function readAll(layout: Layout): FilesRead {
  const pieces: WholeFile[] = [];
  const records: JournalRecord[] = [];
  const torn: Torn[] = [];
  for (const archive of archiveFiles(layout)) {
    for (const piece of readArchive(layout, archive)) {
      const found = archivedEvents(piece);
      pieces.push(piece);
      for (const record of found.records) records.push(record);
      torn.push(...found.torn);
    }
  }
  const from = new Map(eventFiles(layout).map((file) => [file, archivedLength(layout, file, pieces)]));
  const live = readLive(layout, from);
  for (const record of live.records) records.push(record);
  return { ...live, records, torn: [...torn, ...live.torn] };
}

function readLive(layout: Layout, from: ReadonlyMap<string, number>): FilesRead {
  const records: JournalRecord[] = [];
  const torn: Torn[] = [];
  const covers = new Map<string, number>();
  let bytes = 0;
  for (const file of eventFiles(layout)) {
    const start = from.get(file) ?? 0;
    const part = readEvents(layout, file, start);
    for (const record of part.records) records.push(record);
    torn.push(...part.torn);
    if (part.unfinished > 0 && Date.now() - part.writtenAt > UNFINISHED_MS) torn.push({ file, at: part.end, length: part.unfinished });
    covers.set(file, part.end);
    bytes += Math.max(0, part.end - start);
  }
  return { records, torn, covers, bytes };
}

/** What `read` gives of a journal that compaction did not change meanwhile. */
function settled<T>(layout: Layout, read: (checkpoint: string) => T): T {
  for (let attempt = 1; ; attempt += 1) {
    const before = checkpointStamp(layout);
    try {
      const result = read(before);
      if (checkpointStamp(layout) === before || attempt === ATTEMPTS) return result;
    } catch (error) {
      if (!isMissing(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

function checkpointStamp(layout: Layout): string {
  const stat = statSync(join(layout.journal, CHECKPOINT_FILE), { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
}

function readCheckpoint(layout: Layout, stamp: string): JournalReading | null {
  const text = readIfThere(join(layout.journal, CHECKPOINT_FILE));
  if (text === null) return null;
  try {
    const checkpoint = JSON.parse(text) as Checkpoint;
    if (checkpoint.version !== 2 || checkpoint.kinds.join() !== EVENT_KINDS.join()) return null;
    const { torn, ledger } = checkpoint;
    return { ledger: unpackLedger(ledger), torn, covers: new Map(checkpoint.covers), liveBytes: 0, checkpoint: stamp };
  } catch {
    return null;
  }
}
