import type { JournalRecord } from './events.ts';
import type { Ledger, Stamp } from './ledger.ts';

/** Whether the record is the latest that set this; if so, that is noted. */
export function winsAt(ledger: Ledger, what: string, record: JournalRecord): boolean {
  const last = ledger.stamps.get(what);
  if (last !== undefined && !isLater(record, last)) return false;
  ledger.stamps.set(what, stampOf(record));
  return true;
}

/** When and where it was written. */
export function stampOf(record: JournalRecord): Stamp {
  return [record.at, record.writer, record.seq];
}

/** Whether the record was written after what has that stamp. */
export function isLater(record: JournalRecord, than: Stamp): boolean {
  return later(stampOf(record), than);
}

/** Whether the first is the later one. */
export function later(a: Stamp, b: Stamp): boolean {
  return (a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : a[2] - b[2])) > 0;
}
