import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RepoPath } from '../../src/core/ids.ts';
import { pathMatcher } from '../../src/core/path-patterns.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aiteam-patterns-'));
  execFileSync('git', ['init', '-q', folder]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const name = fc.constantFrom('a', 'b', 'ab', 'a.b', 'bb');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const word = fc.constantFrom('a', 'b', '*', 'a*', '?', '*b', '**', 'a.*');
const pattern = fc.tuple(fc.constantFrom('', '/'), fc.array(word, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '/')).map(([before, words, after]) => before + words.join('/') + after);

it('a path fits where git would ignore it by that pattern', () => {
  fc.assert(fc.property(pattern, fc.uniqueArray(path, { minLength: 1, maxLength: 12 }), (one, paths) => {
    writeFileSync(join(folder, '.gitignore'), `${one}\n`);
    let ignored = '';
    try {
      ignored = execFileSync('git', ['check-ignore', '--no-index', '--stdin'], { cwd: folder, input: paths.join('\n'), encoding: 'utf8' });
    } catch {
      // None of them is.
    }
    const fits = pathMatcher([one]);
    expect(paths.filter((each) => fits(each as RepoPath))).toEqual(paths.filter((each) => ignored.split('\n').includes(each)));
  }), { numRuns: 60 });
});

it('a name that is no UTF-8, and a pattern of many stars, are no trouble', () => {
  expect(pathMatcher(['*.lock'])('\u00ff.lock' as RepoPath)).toBe(true);
  expect(pathMatcher(['ä*'])(Buffer.from('äx').toString('latin1') as RepoPath)).toBe(true);
  expect(pathMatcher([`${'*a'.repeat(30)}x`])('a'.repeat(5000) as RepoPath)).toBe(false);
});
