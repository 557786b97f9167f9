import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hunk } from '../../src/core/hunks.ts';
import { lostLines, stillLost } from '../../src/core/lost-lines.ts';

const SIZE = 37;
const marked = (first: string, base: string, second: string): string => [['<', first], ['|', base], ['=', second]].map(([sign = '', text = '']) => `${sign.repeat(SIZE)}\n${text}`).join('') + `${'>'.repeat(SIZE)}\n`;
const own = 'a\nmine\nz\n';
const automatic = `a\n${marked('theirs\n', 'old\n', 'mine\n')}their line\nz\n`;
const hunk = (start: number, end: number, newStart: number, newEnd: number): Hunk => ({ start, end, newStart, newEnd });

describe('lines that a resolution has lost', () => {
  it.each<[string, string, Hunk[], string[]]>([
    ['the conflict settled alone', 'a\nboth\ntheir line\nz\n', [hunk(2, 9, 2, 3)], []],
    ['the line after it dropped with it', 'a\nboth\nz\n', [hunk(2, 10, 2, 3)], ['their line\n']],
    ['a line dropped elsewhere', 'a\nboth\nz\n', [hunk(2, 9, 2, 3), hunk(9, 10, 3, 3)], ['their line\n']],
    ['a line that something new replaces', 'a\nboth\nother line\nz\n', [hunk(2, 9, 2, 3), hunk(9, 10, 3, 4)], []],
    ['a line that the branch\'s own text replaces', 'a\nboth\nz\nz\n', [hunk(2, 9, 2, 3), hunk(9, 10, 3, 4)], ['their line\n']],
    ['a line that stands elsewhere, indented', '  their line\na\nboth\nz\n', [hunk(1, 1, 1, 2), hunk(2, 10, 3, 4)], []],
    ['a line of its own dropped', 'a\nboth\ntheir line\n', [hunk(2, 9, 2, 3), hunk(10, 11, 4, 4)], []],
  ])('%s', (_what, settled, hunks, lost) => {
    expect(lostLines({ automatic, settled, own, hunks }, SIZE)).toEqual(lost);
  });

  it('are never lines that the settled file has, or that the branch had itself, whatever the hunks', () => {
    const line = fc.constantFrom('a\n', 'b\n', 'c\n', '}\n', ' a\n');
    const text = fc.array(line, { maxLength: 6 }).map((lines) => lines.join(''));
    fc.assert(fc.property(text, text, text, fc.nat(6), fc.nat(6), (all, settled, mine, from, length) => {
      const count = all.length === 0 ? 0 : all.trimEnd().split('\n').length;
      const [start, end] = [Math.min(from, count) + 1, Math.min(from + length, count) + 1];
      const lost = lostLines({ automatic: all, settled, own: mine, hunks: [hunk(start, end, 1, 1)] }, SIZE);
      const key = (one: string): string => one.trim();
      const counted = (where: string, wanted: string): number => where.split('\n').filter((one) => key(one) === key(wanted)).length;
      for (const one of lost) expect(counted(all, one)).toBeGreaterThan(Math.max(counted(settled, one), counted(mine, one)));
    }));
  });

  it('are lost no more once they are back, or where the target has them no more', () => {
    expect(stillLost(['x\n', 'y\n'], 'x\ny\n', 'y\n')).toEqual(['x\n']);
    expect(stillLost(['x\n'], '', '')).toEqual([]);
  });
});
