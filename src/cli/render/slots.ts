import { lasting } from '../../core/ago.ts';
import { escapeText, plural } from '../../core/text.ts';
import type { Slot, Slots } from '../../operations/slots.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

type Queued = Slot['inside'][number];

const INDENT = '  ';
const DEEPER = '    ';

/** A paragraph a slot: how many places it has, who is in and who waits. */
export function renderSlots({ slots, at }: Slots, style: Style): string {
  const lines = slots.flatMap((slot) => {
    const places = slot.places === null ? 'not configured here' : plural(slot.places, 'place');
    return [
      `${style.bold(slot.name)}  ${places}${slot.inside.length + slot.waiting.length === 0 ? `, ${style.dim('free')}` : ''}`,
      ...slot.inside.flatMap((one) => queuedLines('holds', one, at - (one.inSince ?? at), style)),
      ...slot.waiting.flatMap((one) => queuedLines('waits', one, at - one.since, style)),
    ];
  });
  return `${lines.join('\n')}\n`;
}

function queuedLines(word: 'holds' | 'waits', queued: Queued, ms: number, style: Style): string[] {
  const where = queued.repository === null ? escapeText(queued.folder) : `${escapeText(queued.repository)} (${escapeText(queued.folder)})`;
  const process = queued.orphaned ? `process ${queued.pid} was killed, what it started still runs` : `process ${queued.pid}`;
  const text = `${word}  ${who(queued)}  ${lasting(ms)}  ${escapeText(queued.command)}  in ${where}, ${process}`;
  const [first = '', ...rest] = wrap(text, style.width - DEEPER.length);
  const coloured = (word === 'holds' ? style.green : style.yellow)(word) + first.slice(word.length);
  return [`${INDENT}${coloured}`, ...rest.map((line) => `${DEEPER}${line}`)];
}

function who({ agent }: Queued): string {
  return agent === null ? 'you' : escapeText(agent);
}

export function slotsJson({ slots }: Slots): Record<string, unknown> {
  return {
    slots: slots.map(({ name, places, inside, waiting, folder }) => ({ slot: name, places, folder, holders: inside.map(queuedJson), waiting: waiting.map(queuedJson) })),
  };
}

function queuedJson(queued: Queued): Record<string, unknown> {
  return {
    agent: queued.agent, repository: queued.repository, folder: queued.folder, command: queued.command, places: queued.places,
    host: queued.host, pid: queued.pid, askedAt: new Date(queued.since).toISOString(),
    since: queued.inSince === null ? null : new Date(queued.inSince).toISOString(), orphaned: queued.orphaned, ticket: queued.ticket,
  };
}
