import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf, markedConflicts, markerLines, relabelConflicts } from '../../src/core/conflict-markers.ts';

const SIZE = 37;
const line = fc.string({ maxLength: 12 }).map((text) => `${text.replaceAll('\n', '')}\n`);
const lines = fc.array(line, { maxLength: 4 });

describe('conflicts in a marked file', () => {
  it('are found with every line of each side, whatever the lines look like', () => {
    fc.assert(fc.property(fc.array(fc.record({ before: lines, first: lines, base: lines, second: lines }), { maxLength: 4 }), (blocks) => {
      const mark = (character: string): string => character.repeat(SIZE);
      const text = blocks.map(({ before, first, base, second }) =>
        [...before, `${mark('<')} a\n`, ...first, `${mark('|')} b\n`, ...base, `${mark('=')}\n`, ...second, `${mark('>')} c\n`].join('')).join('');
      expect(markedConflicts(text, SIZE)).toEqual(blocks.map(({ first, base, second }) => ({ first, base, second })));
    }));
  });

  it('are not made out of markers of the usual length that stand in the file', () => {
    expect(markedConflicts('<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> main\n', SIZE)).toEqual([]);
  });

  it('lines put together again are the text', () => {
    fc.assert(fc.property(fc.string(), (text) => { expect(linesOf(text).join('')).toBe(text); }));
  });
});

describe('labels', () => {
  it('HEAD and the other side get their names, the lines stay', () => {
    const text = 'before\n<<<<<<< HEAD\nours\n||||||| 1234567\nbase\n=======\ntheirs\n>>>>>>> refs/heads/main\nafter\n';
    expect(relabelConflicts(text, 'glm', 'main')).toBe('before\n<<<<<<< glm\nours\n||||||| 1234567\nbase\n=======\ntheirs\n>>>>>>> main\nafter\n');
  });

  it('a path behind the label, as git writes it where a rename was found, goes too', () => {
    const text = '<<<<<<< HEAD:new.txt\na\n=======\nb\n>>>>>>> main:old.txt\n';
    expect(relabelConflicts(text, 'glm', 'main')).toBe('<<<<<<< glm\na\n=======\nb\n>>>>>>> main\n');
  });

  it('a lone marker in a file is left alone', () => {
    const text = 'see <<<<<<< HEAD\n<<<<<<< HEAD\nno end\n';
    expect(relabelConflicts(text, 'glm', 'main')).toBe(text);
  });

  it('several conflicts, CRLF and bytes that are no UTF-8 keep their places', () => {
    const text = '<<<<<<< HEAD\r\n\xe4\r\n=======\r\nb\r\n>>>>>>> x\r\nmid\r\n<<<<<<< HEAD\r\nc\r\n=======\r\nd\r\n>>>>>>> x\r\n';
    expect(relabelConflicts(text, 'g', 'm')).toBe('<<<<<<< g\r\n\xe4\r\n=======\r\nb\r\n>>>>>>> m\r\nmid\r\n<<<<<<< g\r\nc\r\n=======\r\nd\r\n>>>>>>> m\r\n');
  });
});

describe('lines that are markers of ours', () => {
  it('those that name a side, whole or alone; not those of others, nor what only looks like one', () => {
    const text = '<<<<<<< glm\nx\n||||||| 12\n=======\ny\r\n>>>>>>> main\r\n<<<<<<< HEAD\n >>>>>>> main\n<<<<<< glm\n>>>>>>> main too\n<<<<<<<<<< glm';
    expect(markerLines(text, ['glm', 'main'])).toEqual([1, 6, 11]);
  });
});
