import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, isTurn, nextNumber, parseTicket, ticketText } from '../../src/core/tickets.ts';

const ticket = fc.record({ number: fc.integer({ min: 1, max: 10 ** 12 - 1 }), id: fc.stringMatching(/^[\w-]{1,64}$/) });

describe('a queue', () => {
  it('a ticket is read as it was written, and what is none is not', () => {
    fc.assert(fc.property(ticket, (one) => { expect(parseTicket(ticketText(one))).toEqual(one); }));
    for (const text of ['', '1.a', '000000000001.', '000000000001.a/b', '000000000001.a.b', 'x00000000001.a']) expect(parseTicket(text)).toBeNull();
  });

  it('whoever draws comes after all that are there', () => {
    fc.assert(fc.property(fc.array(ticket, { maxLength: 20 }), (there) => {
      const mine = { number: nextNumber(there), id: '-' };
      expect(inOrder([mine, ...there]).at(-1)).toEqual(mine);
    }));
  });

  // Whatever each of them allows for: nobody who is in sees more than it allows for, and nobody passes one that came before.
  it('those in front are in, at most as many as any of them allows for', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }), (places) => {
      const isIn = places.map((own, index) => isTurn(own, places.slice(0, index)));
      const inside = places.filter((_, index) => isIn[index]);
      expect(isIn[0]).toBe(true);
      expect(isIn.lastIndexOf(true)).toBe(inside.length - 1);
      expect(inside.length).toBeLessThanOrEqual(Math.min(...inside));
    }));
  });
});
