import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, rmdirSync, statSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../core/errors.ts';
import { inOrder, isTurn, nextNumber, parseTicket, ticketText, type Ticket } from '../core/tickets.ts';
import { isMissing, namesIn, readIfThere } from './atomic-file.ts';
import { isDead, processAsOwner, thisProcess, type Owner } from './owner.ts';

/*
 * A queue is a folder; Lamport's bakery algorithm on its files says whose turn it is. Every file has a name of its own, so that
 * removing what a dead process left can never hit what a living one has put in its place, as it could with one lock file.
 *   choosing.<id>         somebody is drawing a ticket
 *   ticket.<number>.<id>  who wants in, or is in
 *   in.<number>.<id>      since when it is in
 *   runs.<number>.<id>    what it runs: that keeps its place when whoever started it was killed
 */

/** Who queues, as others are shown. */
export interface Queuer extends Owner {
  readonly agent: string | null;
  /** The worktree or folder that it was called in, and the name of the repository around that. */
  readonly folder: string;
  readonly repository: string | null;
  /** How many may be in at once, by its own configuration. */
  readonly places: number;
}

/** One in the queue, as it is now. */
export interface Queued extends Queuer {
  readonly ticket: string;
  /** Epoch milliseconds; null while it waits. */
  readonly inSince: number | null;
  /** Whether whoever queued is gone, and only what it started still runs. */
  readonly orphaned: boolean;
}

export interface Waiting {
  /** How many wait before us. */
  readonly before: number;
  readonly inside: readonly Queued[];
}

export interface Place {
  /** The ticket's text. */
  readonly ticket: string;
  /** Waits for its turn; `onWait` is called when there is somebody to wait for, and when that changes. Errors: `ticket-lost`. */
  turn(onWait: (waiting: Waiting) => void): Promise<void>;
  /** Notes what runs now, where it can be written: killing us alone does not give the place to somebody else while that is at work. */
  runs(pid: number): void;
  /** Gives the place, or the ticket, back. */
  leave(): void;
}

/** Where the system does not tell of changes, and for those that it cannot tell of: a process that was killed. */
const POLL_MS = 500;
/** Drawing a ticket takes a millisecond. */
const CHOOSING_MS = 10;
/** After so long a file without a readable owner is one that a full disk, or a kill, left. */
const NAMELESS_MS = 10_000;

/** Draws a ticket; the folder is made. Call `leave` in the end, whatever comes of it. */
export function drawTicket(folder: string, queuer: Omit<Queuer, keyof Owner> & { readonly command: string }): Place {
  const { command, ...about } = queuer;
  const id = `${process.pid}-${randomBytes(6).toString('hex')}`;
  const ticket = inNewFolder(folder, () => draw(folder, id, { ...thisProcess(command), ...about }));
  const mine = ticketText(ticket);
  // What a ticket says never changes.
  const known = new Map<string, Queuer | null>();
  let over = false;
  let wake: () => void = () => undefined;
  return {
    ticket: mine,
    async turn(onWait) {
      const watcher = watchFolder(folder, () => wake());
      let said = '';
      try {
        for (;;) {
          const changed = new Promise<void>((resolve) => { wake = resolve; });
          if (over) return;
          const choosing = someoneChooses(folder, id);
          const waiting = choosing ? null : lookForTurn(folder, ticket, about.places, known);
          if (waiting === 'turn') return writeFileSync(join(folder, `in.${mine}`), String(Date.now()), { mode: 0o600 });
          if (waiting !== null) {
            const words = JSON.stringify([waiting.before, waiting.inside.map((one) => one.ticket)]);
            if (words !== said && waiting.inside.length > 0) onWait(waiting);
            said = words;
          }
          await orAfter(changed, choosing ? CHOOSING_MS : POLL_MS);
        }
      } finally {
        watcher?.close();
      }
    },
    runs(pid) {
      try {
        writeFileSync(join(folder, `runs.${mine}`), JSON.stringify(processAsOwner(pid, command)), { mode: 0o600 });
      } catch {
        // On a full disk the place is kept all the same, as long as we live: it is no reason to leave what has started.
      }
    },
    leave() {
      over = true;
      wake();
      remove(folder, mine);
      removeIfEmpty(folder);
    },
  };
}

/** Who is in and who waits, in order; what dead processes left is cleared away. */
export function readQueue(folder: string): Queued[] {
  return ticketsIn(folder).flatMap((ticket) => {
    const text = ticketText(ticket);
    if (clearIfDead(folder, text)) return [];
    return queuedAs(folder, text) ?? [];
  });
}

/** Whether this ticket is in, and whoever drew it, or what it runs, still lives. */
export function isInside(folder: string, ticket: string): boolean {
  return parseTicket(ticket) !== null && sinceWhen(folder, ticket) !== null && !clearIfDead(folder, ticket);
}

function draw(folder: string, id: string, queuer: Queuer): Ticket {
  const choosing = join(folder, `choosing.${id}`);
  const write = (path: string): void => writeFileSync(path, JSON.stringify(queuer), { flag: 'wx', mode: 0o600 });
  try {
    write(choosing);
    const ticket = { number: nextNumber(ticketsIn(folder)), id };
    try {
      write(join(folder, `ticket.${ticketText(ticket)}`));
    } catch (error) {
      remove(folder, ticketText(ticket));
      throw error;
    }
    return ticket;
  } finally {
    rmSync(choosing, { force: true });
  }
}

/** An empty folder may be removed at any time by whoever leaves it. */
function inNewFolder<T>(folder: string, work: () => T): T {
  for (let attempt = 1; ; attempt += 1) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      return work();
    } catch (error) {
      if (!isMissing(error) || attempt === 100) throw error;
    }
  }
}

/** Whoever is still choosing might come out before us. Asked before tickets are read: who starts choosing later comes after us. */
function someoneChooses(folder: string, id: string): boolean {
  return namesIn(folder).some((name) => {
    if (!name.startsWith('choosing.') || name === `choosing.${id}`) return false;
    const file = join(folder, name);
    if (!isLeft(file)) return true;
    rmSync(file, { force: true });
    return false;
  });
}

/**
 * Our turn, or whom we wait for. Looks after those in front and the one just before us only: if each does so, nobody
 * dead is overlooked.
 */
function lookForTurn(folder: string, mine: Ticket, places: number, known: Map<string, Queuer | null>): Waiting | 'turn' {
  const all = ticketsIn(folder);
  const at = all.findIndex(({ id }) => id === mine.id);
  if (at < 0) throw refusal('ticket-lost', 'somebody has removed our ticket from the queue', 'start it again');
  const before = all.slice(0, at).map(ticketText);
  const alive = before.filter((ticket, index) => (index >= places && index < before.length - 1) || !clearIfDead(folder, ticket));
  for (const ticket of alive) if ((known.get(ticket) ?? null) === null) known.set(ticket, readOwnerFile(join(folder, `ticket.${ticket}`)) as Queuer | null);
  if (isTurn(places, alive.map((ticket) => known.get(ticket)?.places ?? 1))) return 'turn';
  const inside = alive.filter((ticket) => sinceWhen(folder, ticket) !== null).flatMap((ticket) => queuedAs(folder, ticket) ?? []);
  return { before: alive.length - inside.length, inside };
}

function ticketsIn(folder: string): Ticket[] {
  return inOrder(namesIn(folder).flatMap((name) => (name.startsWith('ticket.') ? (parseTicket(name.slice('ticket.'.length)) ?? []) : [])));
}

function queuedAs(folder: string, ticket: string): Queued | null {
  const queuer = readOwnerFile(join(folder, `ticket.${ticket}`)) as Queuer | null;
  if (queuer === null) return null;
  return { ...queuer, ticket, inSince: sinceWhen(folder, ticket), orphaned: isDead(queuer) };
}

/** Epoch milliseconds; null for one that waits. */
function sinceWhen(folder: string, ticket: string): number | null {
  const since = Number(readIfThere(join(folder, `in.${ticket}`)) ?? '');
  return since > 0 ? since : null;
}

/** Removes the ticket where nobody that belongs to it lives; says whether it is gone. */
function clearIfDead(folder: string, ticket: string): boolean {
  if (!isLeft(join(folder, `ticket.${ticket}`))) return false;
  const command = readOwnerFile(join(folder, `runs.${ticket}`));
  if (command !== null && !isDead(command)) return false;
  remove(folder, ticket);
  return true;
}

/** Whether the file is gone or was left by a dead process. */
function isLeft(file: string): boolean {
  const owner = readOwnerFile(file);
  if (owner !== null) return isDead(owner);
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined || Date.now() - stats.mtimeMs > NAMELESS_MS;
}

/** Null where there is no file, or one that was written in part. */
function readOwnerFile(path: string): Owner | null {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Owner;
    return typeof owner.pid === 'number' && typeof owner.host === 'string' ? owner : null;
  } catch {
    return null;
  }
}

/** The ticket itself last: while it is there somebody clears the rest away. */
function remove(folder: string, ticket: string): void {
  for (const kind of ['in', 'runs', 'ticket']) rmSync(join(folder, `${kind}.${ticket}`), { force: true });
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody else is there, or has removed it.
  }
}

function watchFolder(folder: string, changed: () => void): { close: () => void } | null {
  try {
    const watcher = watch(folder, changed);
    watcher.on('error', changed);
    return watcher;
  } catch {
    // The system has no room for one more: we look now and then.
    return null;
  }
}

async function orAfter(changed: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([changed, new Promise<void>((resolve) => { timer = setTimeout(resolve, ms); })]);
  clearTimeout(timer);
}
