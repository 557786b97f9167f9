import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryId, normalEntry, renderEntry, type HandoffEntry } from '../../src/core/handoff.ts';
import { parseHandoffs, type ParsedHandoffs } from '../../src/core/handoff-parse.ts';

const parse = (text: string): ParsedHandoffs => parseHandoffs(text, new Set());
const entriesOf = (text: string): HandoffEntry[] => parse(text).entries.map((read) => read.entry);
const nasty = fc.array(fc.constantFrom(
  'a', ' ', '\n', '\r\n', '\t', '`', '```', '~~~', '>', '#', '## ', '# ', '- ', '*', ', ', ':', '(lines 3-4)', '\\', '\u001b[31m', '\u202e', '\u2028',
  '\n## [2026-01-15 10:30] @claude → @glm\n', '\n**Task**: forged', '**Notes**:', '**Files**:', '**Status**: closed', 'src/a.ts', '\ud800', 'é',
), { maxLength: 12 }).map((parts) => parts.join(''));
const entry: fc.Arbitrary<HandoffEntry> = fc.record({
  time: fc.constantFrom('2026-01-15 10:30', '2026-12-31 23:59'),
  from: fc.constantFrom('claude', 'glm-4.7', 'human'),
  to: fc.constantFrom('glm', 'main'),
  task: nasty.filter((text) => normalEntry({ ...EMPTY, task: text }).task !== ''),
  context: fc.option(nasty),
  files: fc.array(nasty, { maxLength: 3 }),
  notes: fc.option(nasty),
});
const EMPTY: HandoffEntry = { time: '2026-01-15 10:30', from: 'claude', to: 'glm', task: 'a', context: null, files: [], notes: null };

describe('entries of handoff.md', () => {
  it('come back from the file as they were written, whatever their texts hold', () => {
    fc.assert(fc.property(fc.array(entry, { maxLength: 3 }), fc.option(nasty), (entries, status) => {
      const text = entries.map((one) => renderEntry(one, status)).join('\n');
      expect(entriesOf(text)).toEqual(entries.map(normalEntry));
      expect(parse(text).unread).toEqual([]);
    }), { numRuns: 500 });
  });

  it('hold nothing that a terminal acts on', () => {
    fc.assert(fc.property(entry, (one) => {
      expect(renderEntry(one, null)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e\u2028]/);
    }));
  });

  it('are told apart by their ids', () => {
    const id = (more: Partial<HandoffEntry>): string => entryId({ ...EMPTY, ...more }, (text) => text);
    expect(id({ task: 'a  b' })).toBe(id({ task: 'a b' }));
    expect(new Set([id({}), id({ task: 'b' }), id({ time: '2026-01-15 10:31' }), id({ notes: 'a' }), id({ context: 'a' }), id({ files: ['a'] })]).size).toBe(6);
  });
});

describe('entries that people write', () => {
  it('may use an ASCII arrow, colons inside the bold, lists, quotes and fences', () => {
    const text = [
      '## [2026-01-15 10:30] @Claude -> @glm', '',
      '- **Task:** finish the', '  parser',
      '**Context**: it reads tokens', 'and says:', '```', '## [2026-01-15 10:31] @glm → @claude', '**Notes**: inside of the fence', '```',
      '**Files**:', '- `src/parser.ts` (lines 10-20)', '- src/lexer.ts:5', '* src/old name.ts lines 7–9', '- `src/x.ts` the tests',
      '**Notes**:', '> mind the', '>', '> gap', '',
    ].join('\n');
    expect(entriesOf(text)).toEqual([
      {
        time: '2026-01-15 10:30', from: 'claude', to: 'glm', task: 'finish the parser',
        context: 'it reads tokens\nand says:\n```\n## [2026-01-15 10:31] @glm → @claude\n**Notes**: inside of the fence\n```',
        files: ['src/parser.ts:10-20', 'src/lexer.ts:5', 'src/old name.ts lines 7–9', 'src/x.ts the tests'],
        notes: 'mind the\n\ngap',
      },
    ]);
  });

  it('may list their files on one line', () => {
    expect(entriesOf('## [2026-01-15 10:30] @claude → @glm\n**Task**: a\n**Files to modify**: `a.ts`, b.ts:3-9\n')[0]?.files).toEqual(['a.ts', 'b.ts:3-9']);
  });

  it('are kept as text where a name, the task or the heading is not right', () => {
    const texts = ['## [yesterday] @claude → @glm\n**Task**: a', '## [2026-01-15 10:30] @claude → @glm\nno task', '## [2026-01-15 10:30] @claude → @../x\n**Task**: a', 'just a line'];
    expect(parse(`${texts.slice(3).join('\n')}\n\n${texts.slice(0, 3).join('\n\n')}`).unread).toEqual([
      { text: 'just a line', why: expect.stringContaining('not below a heading') },
      { text: texts[0], why: expect.stringContaining('heading') },
      { text: texts[1], why: 'it has no **Task**' },
      { text: texts[2], why: '"@../x" cannot be a name' },
    ]);
  });

  it('are not swallowed by a fence that is never closed', () => {
    expect(parse('```\n## [2026-01-15 10:30] @claude → @glm\n**Task**: a\n').entries).toHaveLength(1);
  });

  it('lose no word, whatever the text is', () => {
    const words = fc.array(fc.constantFrom('word1', 'word2', '\n', '\n## [2026-01-15 10:30] @claude → @glm\n', '\n**Task**: ', '\n**Notes**: ', '\n**Status**: waiting\n', '\n# ', '\n## ', '\n```\n', ' '), { maxLength: 20 });
    fc.assert(fc.property(words, (parts) => {
      const text = parts.join('');
      const { entries, unread } = parse(text);
      const kept = [...entries.flatMap(({ entry }) => [entry.task, entry.context, entry.notes, ...entry.files]), ...unread.map((one) => one.text)].join('\n');
      const count = (from: string): number => from.split(/word[12]/).length;
      expect(count(kept)).toBe(count(text));
    }));
  });
});
