/** A place in a queue: who drew a smaller number goes first, of two with the same number the one with the smaller id. */
export interface Ticket {
  readonly number: number;
  readonly id: string;
}

const DIGITS = 12;

/** The text that stands for the ticket in the names of files. */
export function ticketText({ number, id }: Ticket): string {
  return `${String(number).padStart(DIGITS, '0')}.${id}`;
}

/** The ticket that a text stands for; null where it stands for none. */
export function parseTicket(text: string): Ticket | null {
  const [, number, id] = /^(\d{12})\.([\w-]{1,64})$/.exec(text) ?? [];
  return number === undefined || id === undefined ? null : { number: Number(number), id };
}

/** The number that comes after all of these. */
export function nextNumber(tickets: readonly Ticket[]): number {
  return tickets.reduce((most, { number }) => Math.max(most, number), 0) + 1;
}

/** The tickets in the order in which they are served. */
export function inOrder<One extends Ticket>(tickets: readonly One[]): One[] {
  return tickets.toSorted((a, b) => a.number - b.number || (a.id < b.id ? -1 : 1));
}

/**
 * Whether it is the turn of one that allows for `places` at once, by what those before it, in and waiting alike, allow for.
 * Where they disagree the smallest number counts: nobody who expects to be alone gets company, and nobody is overtaken.
 */
export function isTurn(places: number, before: readonly number[]): boolean {
  return before.length < Math.min(places, ...before);
}
