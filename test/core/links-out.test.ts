import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leadsOut } from '../../src/core/links-out.ts';

const part = fc.constantFrom('a', 'b', '..', '.', '.git', '');
const target = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
const path = fc.array(fc.constantFrom('x', 'y'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));

it('a link leads out of the tree exactly where its words end outside of it, or pass above its top', () => {
  fc.assert(fc.property(path, target, (at, to) => {
    // However deep the tree lies, what is inside of it is reached by the same words.
    const inside = ['/one', '/other/deeper'].every((top) => {
      const steps = posix.join(posix.dirname(posix.join(top, at)), to);
      return (steps === top || steps.startsWith(`${top}/`)) && !passesAbove(at, to);
    });
    const ends = posix.join('/one', posix.dirname(at), to).slice('/one/'.length).split('/')[0] ?? '';
    expect(leadsOut(at, to)).toBe(to.startsWith('/') || !inside || ends === '.git');
  }));
});

function passesAbove(at: string, to: string): boolean {
  let depth = at.split('/').length - 1;
  for (const step of to.split('/')) {
    if (step === '..') depth -= 1;
    else if (step !== '' && step !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}
