import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beyondHunks, stillBeyond } from '../../src/core/beyond-merge.ts';
import type { Hunk } from '../../src/core/hunks.ts';

const SIZE = 37;
const marked = (first: string, second: string): string => `${'<'.repeat(SIZE)}\n${first}${'|'.repeat(SIZE)}\n${'='.repeat(SIZE)}\n${second}${'>'.repeat(SIZE)}\n`;
/** Line 1, a conflict in lines 2 to 7, lines 8 and 9. */
const automatic = `a\n${marked('theirs\n', 'mine\n')}b\nz\n`;
const hunk = (start: number, end: number, newStart: number, newEnd: number): Hunk => ({ start, end, newStart, newEnd });

describe('changes beyond an automatic merge', () => {
  it.each<[string, string, Hunk[], unknown[]]>([
    ['the conflict settled anew', 'a\nboth\nb\nz\n', [hunk(2, 8, 2, 3)], []],
    ['one side of it kept', 'a\nmine\nb\nz\n', [hunk(2, 6, 2, 2), hunk(7, 8, 3, 3)], []],
    ['one side of it kept, with a line after its first', 'a\ntheirs\nx\nmine\nb\nz\n', [hunk(2, 3, 2, 2), hunk(4, 6, 3, 4), hunk(7, 8, 5, 5)], []],
    ['a line beside it dropped with it', 'a\nboth\nz\n', [hunk(2, 9, 2, 3)], [{ line: 2, removed: ['b\n'], added: [] }]],
    ['a line beside it that was only matched otherwise', 'a\nb\nb\nz\n', [hunk(2, 9, 2, 4)], []],
    ['a line elsewhere changed', 'a\nboth\nb\nnew\n', [hunk(2, 8, 2, 3), hunk(9, 10, 4, 5)], [{ line: 4, removed: ['z\n'], added: ['new\n'] }]],
    ['a line elsewhere added', 'new\na\nboth\nb\nz\n', [hunk(1, 1, 1, 2), hunk(2, 8, 3, 4)], [{ line: 1, removed: [], added: ['new\n'] }]],
  ])('%s', (_what, settled, hunks, beyond) => {
    expect(beyondHunks({ automatic, settled, hunks }, SIZE)).toEqual(beyond);
  });

  it('are every changed line of a file without a conflict, and never a marker or a side of one with', () => {
    const line = fc.constantFrom('a\n', 'b\n', '\n', ' a\n');
    const text = fc.array(line, { maxLength: 5 }).map((lines) => lines.join(''));
    fc.assert(fc.property(text, text, text, (before, after, side) => {
      const whole = (from: string): Hunk => ({ start: 1, end: from.split('\n').length, newStart: 1, newEnd: after.split('\n').length });
      const [plain] = beyondHunks({ automatic: before, settled: after, hunks: [whole(before)] }, SIZE);
      expect([plain?.removed.join('') ?? '', plain?.added.join('') ?? '']).toEqual([before, after]);
      const conflicted = `${before}${marked(`only\n${side}`, `just\n${side}`)}`;
      const found = beyondHunks({ automatic: conflicted, settled: after, hunks: [whole(conflicted)] }, SIZE);
      for (const { removed, added } of found) expect([added, removed.filter((one) => !before.includes(one))]).toEqual([[], []]);
    }));
  });

  it('are those that a later version has still', () => {
    const hunks = [{ line: 1, removed: ['x\n'], added: ['y\n'] }, { line: 5, removed: [], added: ['z\n'] }];
    expect(stillBeyond(hunks, 'x\n', 'y\n')).toEqual([hunks[0]]);
    expect(stillBeyond(hunks, 'x\n', 'x\n')).toEqual([]);
  });
});
