import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frame, parseFrames } from '../../src/core/frames.ts';

const json = fc.jsonValue({ noUnicodeString: true });
const parse = (bytes: string): ReturnType<typeof parseFrames> => parseFrames(bytes, (text) => text);

describe('framed records', () => {
  it('come back as they were written', () => {
    fc.assert(fc.property(fc.array(json), (values) => {
      const text = values.map(frame).join('');
      const found = parse(text);
      expect(found.values.map((entry) => entry.value)).toEqual(values.map((value) => JSON.parse(JSON.stringify(value)) as unknown));
      expect(found).toMatchObject({ torn: [], end: text.length });
    }));
  });

  it('cost only themselves where they are cut anywhere in the middle of a file', () => {
    fc.assert(fc.property(json, json, json, fc.nat(), (before, cut, after, at) => {
      const whole = frame(cut);
      const piece = whole.slice(0, 1 + (at % (whole.length - 1)));
      const found = parse(frame(before) + piece + frame(after));
      // A piece that lacks nothing but its line break is torn too: it may be `1` of `12`.
      expect(found.values.map((entry) => entry.value)).toEqual([before, after].map((value) => JSON.parse(JSON.stringify(value)) as unknown));
      expect(found.torn).toEqual([{ at: frame(before).length, length: piece.length }]);
    }));
  });

  it('are left unread at the end of a file until their line break is there', () => {
    fc.assert(fc.property(json, json, fc.nat(), (before, growing, at) => {
      const whole = frame(growing);
      const piece = whole.slice(0, 1 + (at % (whole.length - 1)));
      expect(parse(frame(before) + piece)).toMatchObject({ torn: [], end: frame(before).length });
      expect(parse(frame(before) + whole).values).toHaveLength(2);
    }));
  });

  it('account for every byte, whatever the bytes are', () => {
    const bytes = fc.array(fc.constantFrom('\u001e', '\n', '{}', '1', '"', 'x', '\u00ff'), { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(fc.property(bytes, (text) => {
      const found = parse(text);
      const pieces = [...found.values, ...found.torn].sort((a, b) => a.at - b.at);
      expect(pieces.reduce((at, piece) => (expect(piece.at).toBe(at), at + piece.length), 0)).toBe(found.end);
    }));
  });
});
