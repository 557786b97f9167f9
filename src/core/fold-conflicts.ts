import type { JournalRecord } from './events.ts';
import type { CommitId } from './ids.ts';
import type { Closing, Conflict, Ledger, Resolution } from './ledger.ts';
import { later, winsAt } from './stamps.ts';

type ConflictRecord = JournalRecord & { readonly kind: 'conflict' | 'conflict-closed' | 'resolution' | 'resolution-dropped' };

/** Folds what is recorded of a conflict, or of how it is settled, into the ledger. */
export function foldConflictRecord(ledger: Ledger, record: ConflictRecord): void {
  switch (record.kind) {
    case 'conflict': {
      const known = ledger.conflicts.get(record.id);
      const { kind: _kind, writer: _writer, seq: _seq, ...facts } = record;
      const newest = winsAt(ledger, `conflict ${record.id}`, record) || known === undefined ? facts : known;
      const at = Math.min(known?.at ?? record.at, record.at);
      const conflict: Conflict = { ...newest, at, seenAt: Math.max(known?.seenAt ?? 0, record.at), timesSeen: (known?.timesSeen ?? 0) + 1, closed: null };
      ledger.conflicts.set(record.id, conflict);
      return closeIfOver(ledger, conflict);
    }
    case 'conflict-closed': {
      if (!winsAt(ledger, `closing conflict ${record.id}`, record)) return;
      ledger.closings.set(`conflict ${record.id}`, { word: record.how, at: record.at, by: null, why: record.merged ?? null, ...(record.beyond === undefined ? {} : { beyond: record.beyond }) });
      const conflict = ledger.conflicts.get(record.id);
      if (conflict !== undefined) closeIfOver(ledger, conflict);
      return;
    }
    case 'resolution': {
      if (!winsAt(ledger, `resolution ${record.id}`, record)) return;
      const { kind: _kind, writer: _writer, seq: _seq, ...facts } = record;
      const resolution: Resolution = { ...facts, dropped: null };
      ledger.resolutions.set(record.id, resolution);
      return dropIfOver(ledger, resolution);
    }
    case 'resolution-dropped': {
      if (!winsAt(ledger, `closing resolution ${record.id}`, record)) return;
      ledger.closings.set(`resolution ${record.id}`, { word: 'dropped', at: record.at, by: record.by, why: null });
      const resolution = ledger.resolutions.get(record.id);
      if (resolution !== undefined) dropIfOver(ledger, resolution);
      return;
    }
  }
}

function closeIfOver(ledger: Ledger, conflict: Conflict): void {
  const closing = closingOf(ledger, `conflict ${conflict.id}`);
  if (closing !== null) conflict.closed = { how: closing.word as 'landed' | 'gone', at: closing.at, merged: closing.why as CommitId | null, ...(closing.beyond === undefined ? {} : { beyond: closing.beyond }) };
}

function dropIfOver(ledger: Ledger, resolution: Resolution): void {
  const closing = closingOf(ledger, `resolution ${resolution.id}`);
  if (closing !== null) resolution.dropped = { by: closing.by ?? 'unknown', at: closing.at };
}

/** The last word on what can begin again, where it is later than its last beginning. */
function closingOf(ledger: Ledger, what: string): Closing | null {
  const closing = ledger.closings.get(what);
  const closed = ledger.stamps.get(`closing ${what}`);
  const begun = ledger.stamps.get(what);
  return closing !== undefined && closed !== undefined && begun !== undefined && later(closed, begun) ? closing : null;
}
