import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RepoPath } from '../../src/core/ids.ts';
import { OVERLAP_WORDS, overlapWord, strictest, wordFor, type OverlapWord } from '../../src/core/overlap-policy.ts';

const word = fc.constantFrom(...OVERLAP_WORDS);
const pattern = fc.constantFrom('*', 'src/', 'src/**', '*.md', 'a', '/a', '**/b', 'lib/*.js');
const path = fc.constantFrom('a', 'b', 'src/a', 'src/x.md', 'lib/b', 'lib/x.js', 'lib/deep/x.js', 'README.md') as fc.Arbitrary<RepoPath>;
const rank: Readonly<Record<OverlapWord, number>> = { off: 0, warn: 1, block: 2 };

it('the last pattern that fits counts, and what none fits is warned of', () => {
  const policy = new Map<string, OverlapWord>([['*', 'off'], ['src/', 'block'], ['*.md', 'warn'], ['src/made/', 'off']]);
  const words = wordFor(policy);
  expect(['a', 'src/a.ts', 'src/x.md', 'src/made/x.md', 'x.md'].map((one) => words(one as RepoPath))).toEqual(['off', 'block', 'warn', 'off', 'warn']);
  expect(wordFor(new Map([['src/', 'off']]))('a' as RepoPath)).toBe('warn');
});

it('no path meets more than the strictest word, by which the hooks decide whether to look at all', () => {
  fc.assert(fc.property(fc.array(fc.tuple(pattern, word), { maxLength: 5 }), path, (rules, one) => {
    const policy = new Map(rules);
    expect(rank[wordFor(policy)(one)]).toBeLessThanOrEqual(rank[strictest(policy)]);
  }));
});

it('any other word is none', () => {
  expect([overlapWord('block'), overlapWord('Block'), overlapWord(''), overlapWord(undefined)]).toEqual(['block', null, null, null]);
});
