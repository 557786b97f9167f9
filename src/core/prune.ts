import type { Ledger } from './ledger.ts';

const DAY_MS = 24 * 60 * 60_000;
/** How long the ledger remembers what is over; the journal's files keep it for good. */
const REMEMBERED_MS = 90 * DAY_MS;
const VERDICTS_KEPT = 500;
const CLOSED_KEPT = 500;
const LANDINGS_KEPT = 1_000;

/** Takes out of the ledger what grows without bound and no command asks for any more. */
export function pruneLedger(ledger: Ledger, now: number): Ledger {
  const recent = (at: number): boolean => now - at < REMEMBERED_MS;
  keep(ledger.verdicts, newest(ledger.verdicts, (verdict) => verdict.at, VERDICTS_KEPT));
  keep(ledger.conflicts, [
    ...keysWhere(ledger.conflicts, (conflict) => conflict.closed === null),
    ...newest(ledger.conflicts, (conflict) => conflict.closed?.at ?? now, CLOSED_KEPT).filter((id) => recent(ledger.conflicts.get(id)?.closed?.at ?? now)),
  ]);
  keep(ledger.resolutions, keysWhere(ledger.resolutions, ({ id, at }) => ledger.conflicts.has(id) || recent(at)));
  keep(ledger.handoffs, [
    ...keysWhere(ledger.handoffs, (handoff) => handoff.closed === null),
    ...newest(ledger.handoffs, (handoff) => handoff.at, CLOSED_KEPT).filter((id) => recent(ledger.handoffs.get(id)?.at ?? now)),
  ]);
  keep(ledger.overlaps, newest(ledger.overlaps, ({ at }) => at, CLOSED_KEPT).filter((id) => recent(ledger.overlaps.get(id)?.at ?? now)));
  keep(ledger.landings, [...newest(ledger.landings, (landing) => landing.at, LANDINGS_KEPT), ...lastLandings(ledger)]);
  keep(ledger.undos, keysWhere(ledger.undos, (undo) => ledger.landings.has(undo.undoes) || ledger.undos.has(undo.undoes)));
  keep(ledger.closings, keysWhere(ledger.closings, (closing, key) => isKnown(ledger, key) || recent(closing.at)));
  keep(ledger.stamps, keysWhere(ledger.stamps, (_stamp, key) => isKnown(ledger, key.replace(/^closing /, '')) || ledger.closings.has(key.replace(/^closing /, ''))));
  return ledger;
}

/** The newest landing of each agent on each target: what tells a squashed branch from one that never landed. */
function lastLandings(ledger: Ledger): string[] {
  const last = new Map<string, string>();
  for (const landing of [...ledger.landings.values()].sort((a, b) => a.at - b.at)) {
    for (const landed of landing.agents) last.set(`${landed.agent} ${landing.target}`, landing.id);
  }
  return [...last.values()];
}

/** Whether the ledger still holds what a key such as `handoff 1f2e` or `agent glm branch` speaks of. */
function isKnown(ledger: Ledger, key: string): boolean {
  const [kind = '', ...rest] = key.split(' ');
  const id = rest.join(' ');
  switch (kind) {
    case 'handoff': return ledger.handoffs.has(id);
    case 'conflict': return ledger.conflicts.has(id);
    case 'resolution': return ledger.resolutions.has(id);
    case 'overlap': return ledger.overlaps.has(id);
    case 'undo': return ledger.undos.has(id);
    case 'landing': return ledger.landings.has(id);
    case 'verdict': return ledger.verdicts.has(id);
    default: return true;
  }
}

function newest<Value>(map: ReadonlyMap<string, Value>, at: (value: Value) => number, count: number): string[] {
  return [...map].sort((a, b) => at(b[1]) - at(a[1]) || (a[0] < b[0] ? -1 : 1)).slice(0, count).map(([key]) => key);
}

function keysWhere<Value>(map: ReadonlyMap<string, Value>, wanted: (value: Value, key: string) => boolean): string[] {
  return [...map].filter(([key, value]) => wanted(value, key)).map(([key]) => key);
}

function keep(map: Map<string, unknown>, keys: readonly string[]): void {
  const kept = new Set(keys);
  for (const key of map.keys()) if (!kept.has(key)) map.delete(key);
}
