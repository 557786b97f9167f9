import { join } from 'node:path';
import { DEFAULT_SLOT, slotNameProblem } from '../core/slots.ts';
import { namesIn } from '../state/atomic-file.ts';
import { readQueue, type Queued } from '../state/tickets.ts';
import { slotsFolder } from '../state/user-state.ts';
import type { Context } from './context.ts';
import { lookAround } from './run/here.ts';

export interface Slot {
  readonly name: string;
  /** By the configuration here; null for a slot that only others know. */
  readonly places: number | null;
  readonly inside: readonly Queued[];
  /** In the order in which it is their turn. */
  readonly waiting: readonly Queued[];
  /** Where its tickets lie. */
  readonly folder: string;
}

export interface Slots {
  readonly slots: readonly Slot[];
  /** When this was so, epoch milliseconds. */
  readonly at: number;
}

/** The slots that are configured here or in use on this machine, by name. */
export async function listSlots(context: Context): Promise<Slots> {
  const { config } = await lookAround(context);
  const root = slotsFolder(context.env);
  const configured = new Map([[DEFAULT_SLOT, 1], ...config.slots]);
  const queues = new Map(namesIn(root).filter((name) => slotNameProblem(name) === null).map((name) => [name, readQueue(join(root, name))]));
  const names = [...new Set([...configured.keys(), ...[...queues].filter(([, queue]) => queue.length > 0).map(([name]) => name)])].sort();
  const slots = names.map((name) => {
    const queue = queues.get(name) ?? [];
    const isIn = ({ inSince }: Queued): boolean => inSince !== null;
    return { name, places: configured.get(name) ?? null, inside: queue.filter(isIn), waiting: queue.filter((one) => !isIn(one)), folder: join(root, name) };
  });
  return { slots, at: Date.now() };
}
