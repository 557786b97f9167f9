import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disjointPrefix } from '../../src/core/disjoint.ts';

const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const change = fc.record({ path, status: fc.constantFrom('A', 'M', 'M', 'M', 'D') });
const branches = fc.array(fc.array(change, { maxLength: 2 }), { maxLength: 5 });

const meet = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

describe('branches that touch paths of their own', () => {
  it('share no path, and no path of one is a folder of another', () => {
    fc.assert(fc.property(branches, (all) => {
      const taken = all.slice(0, disjointPrefix(all));
      taken.forEach((one, index) => taken.slice(index + 1).forEach((other) => {
        for (const mine of one) for (const theirs of other) expect(meet(mine.path, theirs.path)).toBe(false);
      }));
    }));
  });

  it('delete nothing', () => {
    fc.assert(fc.property(branches, (all) => {
      expect(all.slice(0, disjointPrefix(all)).flat().some(({ status }) => status === 'D')).toBe(false);
    }));
  });

  it('end with the first that does not fit', () => {
    fc.assert(fc.property(branches, (all) => {
      const count = disjointPrefix(all);
      if (count < all.length) expect(disjointPrefix(all.slice(0, count + 1))).toBe(count);
    }));
  });
});
