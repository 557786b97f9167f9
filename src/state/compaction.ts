import { rmSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { AiteamError } from '../core/errors.ts';
import { copyLedger, packLedger } from '../core/ledger.ts';
import { pruneLedger } from '../core/prune.ts';
import type { Git } from '../git/git.ts';
import { failpoint } from '../process/failpoint.ts';
import { namesIn, replaceFile } from './atomic-file.ts';
import { archiveBytes, archivedLength, archiveFiles, eventFiles, parseProcessFileName, readArchive, readWhole, type WholeFile } from './journal-files.ts';
import { readJournal, writeCheckpoint, type JournalReading } from './journal.ts';
import type { Layout } from './layout.ts';
import { withMutex } from './mutex.ts';
import { isGone, thisPlace } from './owner.ts';

const MOST_LIVE_BYTES = 256 * 1024;
const MOST_PROCESS_FILES = 64;
/** Processes of another host or container cannot be looked up: their files count as finished after so long a silence. */
const FOREIGN_SILENCE_MS = 30 * 24 * 60 * 60_000;

/** Compacts the journal where that is due and nobody else is at it; true when it did. */
export async function compactWhenDue(git: Git, layout: Layout, reading: JournalReading): Promise<boolean> {
  if (!isDue(reading)) return false;
  try {
    await withMutex(git, 'compaction', { command: 'compaction of the journal', waitMs: 0 }, async () => compactJournal(layout, reading));
    return true;
  } catch (error) {
    if (error instanceof AiteamError && (error.code === 'busy' || error.code === 'ref-locked')) return false;
    throw error;
  }
}

function isDue(reading: JournalReading): boolean {
  if (reading.liveBytes > MOST_LIVE_BYTES) return true;
  const mayBeArchived = [...reading.covers.keys()].filter((file) => {
    const writer = parseProcessFileName(file);
    return writer !== null && (writer.place === thisPlace() || Date.now() - writer.startedAt > FOREIGN_SILENCE_MS);
  });
  return mayBeArchived.length > MOST_PROCESS_FILES;
}

/**
 * Writes a checkpoint of the whole journal, then puts the files of processes that have ended together into one archive.
 * A kill between any two steps loses nothing. To be called by the holder of the mutex `compaction` only.
 */
export function compactJournal(layout: Layout, earlier?: JournalReading): void {
  removeLeftovers(layout);
  const reading = readJournal(layout, earlier);
  const ledger = packLedger(pruneLedger(copyLedger(reading.ledger), Date.now()));
  const finished = finishedFiles(layout, reading);
  // A frame that an ended process left unfinished is covered too: nobody will end it.
  const covers = new Map([...reading.covers, ...finished.map(({ file, bytes }) => [file, bytes.length] as const)]);
  const torn = reading.torn.filter((piece) => piece.at < (covers.get(piece.file) ?? Number.POSITIVE_INFINITY));
  writeCheckpoint(layout, { covers: [...covers], torn, ledger });
  failpoint('checkpoint-written');
  if (finished.length === 0) return;
  replaceFile(join(layout.journal, `archive-${Date.now().toString(36)}-${process.pid}.log`), Buffer.from(archiveBytes(finished), 'latin1'));
  failpoint('archive-written');
  for (const { file, bytes } of finished) {
    if (sizeOf(layout, file) !== bytes.length) continue;
    unlinkSync(join(layout.journal, file));
    covers.delete(file);
  }
  failpoint('archived-removed');
  // Nothing may cover a name that is gone: a process of another host could begin it anew.
  writeCheckpoint(layout, { covers: [...covers], torn, ledger });
}

/** What a compaction that was killed left: temporary files, and event files that the newest archive holds already. */
function removeLeftovers(layout: Layout): void {
  for (const name of namesIn(layout.journal)) if (name.endsWith('.tmp')) rmSync(join(layout.journal, name), { force: true });
  const newest = archiveFiles(layout).at(-1);
  if (newest === undefined) return;
  const pieces = readArchive(layout, newest);
  const live = new Set(eventFiles(layout));
  for (const { file } of pieces.filter((piece) => live.has(piece.file))) {
    if (archivedLength(layout, file, pieces) === sizeOf(layout, file)) unlinkSync(join(layout.journal, file));
  }
}

/** The event files that the reading holds whole and that nobody writes any more. */
function finishedFiles(layout: Layout, reading: JournalReading): WholeFile[] {
  const whole = [...reading.covers.keys()].filter((file) => isFinished(layout, file)).map((file) => readWhole(layout, file));
  return whole.filter(({ file, bytes }) => {
    const end = reading.covers.get(file) ?? 0;
    return end === bytes.length || reading.torn.some((piece) => piece.file === file && piece.at === end && end + piece.length === bytes.length);
  });
}

function isFinished(layout: Layout, file: string): boolean {
  const writer = parseProcessFileName(file);
  if (writer === null) return false;
  if (writer.place === thisPlace()) return isGone(writer.pid);
  return Date.now() - statSync(join(layout.journal, file)).mtimeMs > FOREIGN_SILENCE_MS;
}

function sizeOf(layout: Layout, file: string): number {
  return statSync(join(layout.journal, file)).size;
}
