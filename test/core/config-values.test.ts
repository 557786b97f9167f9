import * as fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { branchNameProblem } from '../../src/core/branch-name.ts';
import { parseDuration } from '../../src/core/duration.ts';
import { parseSize } from '../../src/core/size.ts';
import { nearest } from '../../src/core/nearest.ts';

describe('branchNameProblem', () => {
  it('refuses what git refuses, and nothing else but @', () => {
    const piece = fc.constantFrom('a', 'é', '/', '.', '..', '-', '@', '{', '~', '^', ':', '?', '*', '[', '\\', ' ', '\t', '\u007f', '.lock', 'HEAD', 'lock');
    const name = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join('')).filter((text) => text !== '@' && !text.startsWith('@{-'));
    fc.assert(fc.property(name, (text) => {
      const git = spawnSync('git', ['check-ref-format', '--branch', text], { env: { PATH: process.env['PATH'] } });
      expect(branchNameProblem(text) === null, JSON.stringify(text)).toBe(git.status === 0);
    }), { numRuns: 400 });
  });

  it.each(['', '@', 'a//b', '/a', 'a/', 'a.lock/b', '.a'])('refuses %j', (name) => {
    expect(branchNameProblem(name)).not.toBeNull();
  });
});

describe('parseDuration', () => {
  it.each([['90', 90_000], ['90s', 90_000], ['10m', 600_000], ['2h', 7_200_000], ['1d', 86_400_000], ['0', 0]])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '-1', '1.5h', '10 m', '10M', 'm', '1w', '9999999999', 'Infinity', '1e3'])('does not read %j', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

describe('parseSize', () => {
  it.each([['0', 0], ['512', 512], ['64kB', 64_000], ['1.5 GB', 1.5e9], ['500mb', 5e8], ['1TB', 1e12]])('reads %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '-1', 'MB', '1XB', '1 000', '1e9', '1,5GB'])('does not read %j', (text) => {
    expect(parseSize(text)).toBeNull();
  });
});

describe('nearest', () => {
  const keys = ['version', 'target', 'worktrees', 'copy', 'link', 'setup', 'gates', 'agents', 'trash', 'agents_may', 'overlaps', 'trailer'];

  it.each([['gate', 'gates'], ['gaets', 'gates'], ['worktree', 'worktrees'], ['agents-may', 'agents_may'], ['Setup', 'setup'], ['coppy', 'copy'], ['trialer', 'trailer']])(
    'finds for %s what was meant', (word, meant) => {
      expect(nearest(word, keys)).toBe(meant);
    });

  it.each(['', 'x', 'providers', 'hooks', 'somethingelse'])('finds nothing for %j', (word) => {
    expect(nearest(word, keys)).toBeNull();
  });

  it('finds a word that differs by one letter, and the word itself before any other', () => {
    fc.assert(fc.property(fc.constantFrom(...keys), fc.nat(20), fc.constantFrom('', 'q', 'qq'), (key, at, letters) => {
      const place = at % key.length;
      expect(nearest(key, keys)).toBe(key);
      if (letters.length < 2) expect(nearest(key.slice(0, place) + letters + key.slice(place + 1), [key])).toBe(key);
    }));
  });
});
