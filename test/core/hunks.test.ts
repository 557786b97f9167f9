import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collisions, linesBefore, touches, type Hunk } from '../../src/core/hunks.ts';

const hunk = (start: number, end: number): Hunk => ({ start, end, newStart: start, newEnd: end });

const hunkArbitrary = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 6 })).map(([start, length]) => hunk(start, start + length));

/** Hunks of one side as a diff gives them: in order, at least one unchanged line between two of them. */
const sideArbitrary = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 4 })), { maxLength: 6 }).map((steps) => {
  let line = 0;
  return steps.map(([gap, length]) => {
    const made = hunk(line + gap + 1, line + gap + 1 + length);
    line = made.end;
    return made;
  });
});

describe('ranges that touch', () => {
  it('lines 5 and 6 touch, 5 and 7 do not', () => {
    expect(touches(hunk(5, 6), hunk(6, 7))).toBe(true);
    expect(touches(hunk(5, 6), hunk(7, 8))).toBe(false);
  });

  it('an insertion after 5 touches an edit of 5 and of 6, not an insertion after 6', () => {
    expect(touches(hunk(6, 6), hunk(5, 6))).toBe(true);
    expect(touches(hunk(6, 6), hunk(6, 7))).toBe(true);
    expect(touches(hunk(6, 6), hunk(7, 7))).toBe(false);
  });

  it('does not depend on which side is asked first', () => {
    fc.assert(fc.property(hunkArbitrary, hunkArbitrary, (a, b) => touches(a, b) === touches(b, a)));
  });
});

describe('collisions of two sides', () => {
  it('are the same whichever side comes first', () => {
    fc.assert(fc.property(sideArbitrary, sideArbitrary, (a, b) => {
      const places = (found: ReturnType<typeof collisions>): string => JSON.stringify(found.map(({ start, end }) => [start, end]));
      expect(places(collisions(a, b))).toBe(places(collisions(b, a)));
    }));
  });

  it('exist exactly where some hunk of one touches some hunk of the other', () => {
    fc.assert(fc.property(sideArbitrary, sideArbitrary, (a, b) => {
      const any = a.some((one) => b.some((other) => touches(one, other)));
      expect(collisions(a, b).length > 0).toBe(any);
    }));
  });

  it('hold every hunk that touches one of the other side, each once', () => {
    fc.assert(fc.property(sideArbitrary, sideArbitrary, (a, b) => {
      const inside = collisions(a, b).flatMap((group) => group.a);
      expect(inside).toEqual(a.filter((one) => b.some((other) => touches(one, other))));
    }));
  });
});

/** A change of a file of forty lines: the lines with their numbers before, null for new ones, and the hunks that made them. */
const changeArbitrary = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), { maxLength: 5 }).map((steps) => {
  const after: (number | null)[] = [];
  const hunks: Hunk[] = [];
  let line = 1;
  for (const [gap, gone, added] of steps) {
    for (let kept = 0; kept < gap; kept += 1) after.push(line++);
    const newStart = after.length + 1;
    for (let count = 0; count < added; count += 1) after.push(null);
    hunks.push({ start: line, end: line + gone, newStart, newEnd: newStart + added });
    line += gone;
  }
  while (line <= 40) after.push(line++);
  return { after, hunks: hunks.filter((one) => one.end > one.start || one.newEnd > one.newStart) };
});

describe('lines followed back through a change', () => {
  it('are the same lines there, or were written by it: some are new, or some are gone from between them', () => {
    fc.assert(fc.property(changeArbitrary, fc.nat(30), fc.integer({ min: 1, max: 8 }), ({ after, hunks }, from, length) => {
      const shown = after.slice(from, from + length);
      fc.pre(shown.length === length);
      const whole = shown.every((number, index) => number !== null && number === (shown[0] ?? 0) + index);
      expect(linesBefore([from + 1, from + 1 + length], hunks)).toEqual(whole ? [shown[0], (shown[0] ?? 0) + length] : null);
    }));
  });

  it('a place where lines were deleted is that change\'s', () => {
    const deletion = { start: 5, end: 7, newStart: 5, newEnd: 5 };
    expect(linesBefore([5, 5], [deletion])).toBeNull();
    expect(linesBefore([9, 9], [deletion])).toEqual([11, 11]);
  });
});

describe('the rule against git itself', () => {
  let folder = '';
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'aiteam-hunks-')); });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('git merge-file stops exactly where the ranges touch, for edits of single lines', () => {
    const lines = Array.from({ length: 9 }, (_, index) => `line ${index + 1}`);
    const edited = (at: number, word: string): string => `${lines.map((line, index) => (index + 1 === at ? word : line)).join('\n')}\n`;
    writeFileSync(join(folder, 'base'), `${lines.join('\n')}\n`);
    for (let other = 1; other <= 9; other += 1) {
      writeFileSync(join(folder, 'a'), edited(5, 'mine'));
      writeFileSync(join(folder, 'b'), edited(other, 'yours'));
      let stopped = false;
      try {
        execFileSync('git', ['merge-file', '-p', 'a', 'base', 'b'], { cwd: folder, stdio: 'ignore' });
      } catch {
        stopped = true;
      }
      expect(stopped, `edits of lines 5 and ${other}`).toBe(touches(hunk(5, 6), hunk(other, other + 1)));
    }
  });
});
