import type { HandoffFacts } from './events.ts';
import { entryId, type HandoffEntry } from './handoff.ts';
import { parseHandoffs, type ReadEntry, type UnreadText } from './handoff-parse.ts';
import { HANDOFF_LINES } from './views/handoffs.ts';

/** What stands in handoff.md and in the file that it replaced, which somebody may have held open. */
export interface HandoffTexts {
  readonly current: string;
  readonly previous: string;
}

export interface HandoffImport {
  /** Handoffs that are not known yet. */
  readonly handoffs: readonly HandoffFacts[];
  /** Text to be kept in the file: it is no handoff. */
  readonly unread: readonly UnreadText[];
  /** The ids of all that was read, handoffs and text that is none. */
  readonly seen: readonly string[];
}

/**
 * What people and agents wrote into handoff.md. `known` are the ids of entries and of unread text that the file was
 * given before; `names` are those that a handoff may name.
 */
export function planImport(texts: HandoffTexts, known: ReadonlySet<string>, names: ReadonlySet<string>, hash: (text: string) => string): HandoffImport {
  const current = read(texts.current, names, known, hash);
  const previous = read(texts.previous, names, known, hash);
  const entries = new Map([...previous.entries, ...current.entries].filter(([id]) => !known.has(id)));
  // What is gone from the current file was deleted on purpose, unless it was written to the previous one since.
  const late = [...previous.unread].filter(([id]) => !known.has(id) && !current.unread.has(id));
  return {
    handoffs: [...entries].map(([id, entry]) => handoffOf(id, entry)),
    unread: [...current.unread, ...late].map(([, text]) => text),
    seen: [current, previous].flatMap(({ entries, unread }) => [...entries.keys(), ...unread.keys()]),
  };
}

interface Found {
  readonly entries: ReadonlyMap<string, HandoffEntry>;
  readonly unread: ReadonlyMap<string, UnreadText>;
}

function read(text: string, names: ReadonlySet<string>, known: ReadonlySet<string>, hash: (text: string) => string): Found {
  const parsed = parseHandoffs(text, HANDOFF_LINES);
  const entries = new Map<string, HandoffEntry>();
  const unread = new Map(parsed.unread.map((one) => [hash(one.text), one]));
  for (const one of parsed.entries) {
    const id = entryId(one.entry, hash);
    const stranger = known.has(id) ? undefined : strangerIn(one, names);
    if (stranger === undefined) entries.set(id, one.entry);
    else unread.set(hash(one.text), { text: one.text, why: `there is no agent "${stranger}"` });
  }
  return { entries, unread };
}

function strangerIn({ entry }: ReadEntry, names: ReadonlySet<string>): string | undefined {
  return [entry.from, entry.to].find((name) => !names.has(name));
}

function handoffOf(id: string, { from, to, task, context, files, notes }: HandoffEntry): HandoffFacts {
  return { id, from, to, task, context, files, notes, commit: null, verified: false };
}
