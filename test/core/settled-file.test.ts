import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasMarker, markedParts } from '../../src/core/conflict-markers.ts';
import { settledFile } from '../../src/core/settled-file.ts';
import type { Take } from '../../src/core/take.ts';

const SIZE = 37;
const mark = (character: string): string => character.repeat(SIZE);
/** Any bytes but a line feed: NUL, carriage return and what is no UTF-8 included. */
const bytes = fc.array(fc.integer({ min: 0, max: 255 }).filter((byte) => byte !== 10), { maxLength: 6 }).map((codes) => String.fromCharCode(...codes));
const line = fc.oneof(bytes, fc.constantFrom('<<<<<<< HEAD', '=======', '>>>>>>> main')).map((text) => `${text}\n`);
const lines = fc.array(line, { maxLength: 3 });
const take = fc.constantFrom<Take>(['agent'], ['target'], ['agent', 'target'], ['target', 'agent']);
const block = fc.record({ before: lines, first: lines, base: lines, second: lines, take });

interface Block { readonly before: string[]; readonly first: string[]; readonly base: string[]; readonly second: string[]; readonly take: Take }

/** The file as git marks it, where nothing but the sides' own last lines may lack an end: git ends these before a marker. */
const markedFile = (blocks: readonly Block[], after: readonly string[]): string => blocks.map(({ before, first, base, second }) =>
  [...before, `${mark('<')} a\n`, ...first, `${mark('|')} b\n`, ...base, `${mark('=')}\n`, ...second, `${mark('>')} c\n`].join('')).join('') + after.join('');
const sideFile = (blocks: readonly Block[], after: readonly string[], side: 'first' | 'second'): string => blocks.map((block) => [...block.before, ...block[side]].join('')).join('') + after.join('');

describe('a file settled from its hunks', () => {
  it('is the side\'s own file, byte for byte, where all is that side\'s; otherwise every hunk has the lines of its take, in its order', () => {
    fc.assert(fc.property(fc.array(block, { maxLength: 3 }), lines, fc.boolean(), fc.boolean(), (blocks, after, firstEnds, secondEnds) => {
      const last = blocks.at(-1);
      const cut = (text: string, ends: boolean, own: readonly string[] | undefined): string => (ends || after.length > 0 || (own ?? []).length === 0 || own?.at(-1) === '\n' ? text : text.slice(0, -1));
      const target = cut(sideFile(blocks, after, 'first'), firstEnds, last?.first);
      const agent = cut(sideFile(blocks, after, 'second'), secondEnds, last?.second);
      const marked = markedFile(blocks, after);
      const settled = (takes: readonly Take[]): string | null => settledFile(marked, SIZE, takes, { target, agent });
      expect(settled(blocks.map(() => ['target']))).toBe(target);
      expect(settled(blocks.map(() => ['agent']))).toBe(agent);
      const whole = blocks.map(({ before, first, second, take }) => [...before, ...take.flatMap((side) => (side === 'target' ? first : second))].join('')).join('') + after.join('');
      // Nothing but the end of the very last line may differ.
      expect([whole, whole.slice(0, -1)]).toContain(settled(blocks.map((one) => one.take)));
    }));
  });

  it('keeps lines of both apart where the first has no end, and the file\'s end is the last one\'s', () => {
    const marked = markedFile([{ before: ['a\r\n'], first: ['m\r\n'], base: [], second: ['g\r\n'], take: ['agent'] }], []);
    const texts = { target: 'a\r\nm', agent: 'a\r\ng\r\n' };
    expect(settledFile(marked, SIZE, [['target', 'agent']], texts)).toBe('a\r\nm\r\ng\r\n');
    expect(settledFile(marked, SIZE, [['agent', 'target']], texts)).toBe('a\r\ng\r\nm');
    expect(settledFile(marked, SIZE, [], texts)).toBeNull();
  });

  it('the parts of any text put together are the text, and a marker in it is seen', () => {
    fc.assert(fc.property(fc.array(fc.oneof(line, fc.constantFrom(`${mark('<')} a\n`, `${mark('=')}\n`)), { maxLength: 8 }), (all) => {
      const text = all.join('');
      expect(markedParts(text, SIZE).join('')).toBe(text);
      expect(hasMarker(text, SIZE)).toBe(text.includes(mark('<')) || text.includes(mark('=')));
    }));
  });
});
