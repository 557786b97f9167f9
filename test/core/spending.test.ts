import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, priceOf } from '../../src/core/prices.ts';
import { spendingRows, sumOf, type GroupField, type Spent } from '../../src/core/spending.ts';
import { eachOnce, withoutHistory } from '../../src/core/tokens.ts';

const NONE = new Map<string, never>();
const count = fc.integer({ min: 0, max: 1e6 });
const spent: fc.Arbitrary<Spent> = fc.record({
  id: fc.option(fc.constantFrom('a', 'b', 'c')), at: count, model: fc.constantFrom('claude-opus-4-5', 'glm-4.7', 'nobody-knows-it'),
  agent: fc.option(fc.constantFrom('claude', 'glm', 'constructor')), task: fc.option(fc.constantFrom('parse', '__proto__')),
  input: count, output: count, cacheWrite: count, cacheWriteLong: count, cacheRead: count,
});
const fields = fc.subarray<GroupField>(['agent', 'model', 'task'], { minLength: 1 });

describe('sums', () => {
  it('the rows hold together what the whole does, each combination once', () => {
    fc.assert(fc.property(fc.array(spent), fields, (all, by) => {
      const rows = spendingRows(all, by, NONE);
      const total = sumOf(all, NONE);
      expect(rows.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(total.usd, 6);
      for (const field of ['input', 'output', 'cacheRead'] as const) expect(rows.reduce((sum, { tokens }) => sum + tokens[field], 0)).toBe(total.tokens[field]);
      expect(rows.reduce((sum, { answers }) => sum + answers, 0)).toBe(all.length);
      expect([...new Set(rows.flatMap(({ unpriced }) => unpriced))].sort()).toEqual(total.unpriced);
      expect(new Set(rows.map((row) => JSON.stringify(by.map((field) => row[field])))).size).toBe(rows.length);
    }));
  });

  it('many small amounts are what they are together', () => {
    const one: Spent = { id: null, at: 0, model: 'glm-4.7', agent: null, task: null, input: 10, output: 5, cacheWrite: 0, cacheWriteLong: 0, cacheRead: 0 };
    expect(sumOf(Array.from({ length: 25_000 }, () => one), NONE).usd).toBe(0.425);
  });

  it('an answer without a known price costs no known amount, and says whose price is missing', () => {
    const one: Spent = { id: null, at: 0, model: 'nobody-knows-it', agent: null, task: null, input: 5, output: 5, cacheWrite: 0, cacheWriteLong: 0, cacheRead: 0 };
    expect(sumOf([one], NONE)).toMatchObject({ usd: 0, unpriced: ['nobody-knows-it'], answers: 1 });
  });
});

describe('answers that are recorded several times', () => {
  it('each counts once, with the most output and the first time', () => {
    fc.assert(fc.property(fc.array(spent), (all) => {
      const kept = eachOnce(all);
      expect(kept.filter(({ id }) => id === null)).toEqual(all.filter(({ id }) => id === null));
      for (const id of ['a', 'b', 'c']) {
        const copies = all.filter((one) => one.id === id);
        const one = kept.filter((each) => each.id === id);
        expect(one.length).toBe(copies.length === 0 ? 0 : 1);
        if (copies.length > 0) expect(one[0]).toMatchObject({ output: Math.max(...copies.map(({ output }) => output)), at: Math.min(...copies.map(({ at }) => at)) });
      }
    }));
  });

  it('a session that goes on from another has only what came after that', () => {
    fc.assert(fc.property(fc.array(spent), fc.nat(), fc.array(spent), (earlier, length, own) => {
      const shared = earlier.slice(0, length).map((one) => ({ ...one, at: one.at + 1000 }));
      // Own answers that go on just as the other session did cannot be told from its history.
      fc.pre(own.length === 0 || own[0]?.input !== earlier[shared.length]?.input);
      expect(withoutHistory([...shared, ...own], earlier)).toEqual(own);
    }));
  });
});

describe('prices', () => {
  const tokens = { input: 1e6, output: 1e6, cacheWrite: 1e6, cacheWriteLong: 1e6, cacheRead: 1e6 };

  it('a release, a long context and another case are the same model', () => {
    const price = priceOf('claude-opus-4-5', NONE);
    expect(price).toMatchObject({ input: 5, output: 25, cacheWrite: 6.25, cacheWriteLong: 10, cacheRead: 0.5 });
    for (const name of ['claude-opus-4-5-20251101', 'claude-opus-4-5[1m]', 'Claude-Opus-4-5', 'claude-opus-4-5@20251101', 'claude-opus-4-5-latest']) expect(priceOf(name, NONE)).toEqual(price);
    for (const name of ['claude-opus', 'claude-opus-4-55', 'constructor', '', 'unknown']) expect(priceOf(name, NONE)).toBeNull();
  });

  it('every kind of token has its own, and a long prompt another', () => {
    const price = { input: 1, output: 2, cacheWrite: 4, cacheWriteLong: 8, cacheRead: 16 };
    expect(costOf(tokens, price)).toBe(31);
    expect(costOf(tokens, { ...price, long: { above: 4e6, price } })).toBe(31);
    expect(costOf(tokens, { ...price, long: { above: 4e6 - 1, price: { ...price, output: 100 } } })).toBe(129);
  });
});
