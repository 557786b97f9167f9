import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liveLocks, planLock, type Lock } from '../../src/core/locks.ts';
import { mayOverlap, parsePathspec, pathspecText, type Pathspec } from '../../src/core/pathspec.ts';
import { scratch } from '../support/scratch.ts';

function spec(text: string): Pathspec {
  const parsed = parsePathspec(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

const overlap = (a: string, b: string): boolean => mayOverlap(spec(a), spec(b));

describe('two pathspecs', () => {
  it.each([
    ['src/a.ts', 'src/a.ts'], ['src', 'src/a.ts'], ['src/', 'src/deep/a.ts'], ['*.ts', 'src/*'], ['src/*.ts', 'src/a?.ts'], [':(top)', 'x'],
    [':(glob)src/**/a', 'src/a'], [':(icase)README', 'readme/x'], ['[ab]c', 'bc'], ['[[:alpha:]]x', 'ax'], ['a\\*', 'a*'], [':(literal)a*', 'a?'], ['a*/b', 'ax/y/b/c'], ['ü?', 'üx'],
  ])('%s and %s overlap', (a, b) => { expect([overlap(a, b), overlap(b, a)]).toEqual([true, true]); });

  it.each([
    ['src/a.ts', 'src/a.tsx'], ['src', 'srcs'], ['*.ts', '*.js'], ['src/*', 'test/*'], [':(literal)a*', 'ab'], ['README', 'readme'], ['a?c', 'ac'], ['src/*.ts', 'src/*.js'],
  ])('%s and %s do not', (a, b) => { expect([overlap(a, b), overlap(b, a)]).toEqual([false, false]); });

  // Seen to fail with a bracket taken for a character.
  it('overlap wherever git lets both match one path', () => {
    const made = scratch();
    const names = ['', 'a', 'b', 'A', 'ab', 'a.b', '*', '[a]', 'a?', '\\a'];
    const files = ['', 'a', 'b', 'A', 'ab', 'x'].flatMap((one) => names.flatMap((two) => [one, two === '' ? 'x' : two].filter((name) => name !== '').join('/')));
    made.git(['update-index', '--add', '--index-info'], { input: [...new Set(files)].map((file) => `100644 ${'1'.repeat(40)}\t${JSON.stringify(`d/p/${file}`)}\n`).join('') });
    const piece = fc.constantFrom('a', 'b', 'A', 'x', '/', '*', '**', '**/', '?', '.', '[ab]', '[!a]', '[[:alpha:]]', '\\', '\\*', '[', ']');
    const pattern = fc.tuple(fc.constantFrom('', ':(glob)', ':(icase)', ':(literal)', ':(glob,icase)'), fc.array(piece, { minLength: 1, maxLength: 5 })).map(([magic, parts]) => `${magic}d/p/${parts.join('')}`);
    const patterns = [...new Set(fc.sample(pattern, { numRuns: 400, seed: 7 }))].filter((text) => !/\/\/|\/$|\/\.\.?(\/|$)/.test(text));
    const matches = patterns.map((text) => new Set(execFileSync('git', ['ls-files', '-z', '--', text], { cwd: made.repo, env: made.env, encoding: 'utf8' }).split('\0').filter((path) => path !== '')));
    const missed: string[] = [];
    let shared = 0;
    patterns.forEach((one, i) => patterns.forEach((other, j) => {
      if (i > j || ![...matches[i] ?? []].some((path) => matches[j]?.has(path) === true)) return;
      shared += 1;
      if (!overlap(one, other)) missed.push(`${one} ${other}`);
    }));
    expect(missed).toEqual([]);
    expect(shared).toBeGreaterThan(200);
  });

  it('where one is a file overlap only if the other matches the file itself', () => {
    expect(mayOverlap({ ...spec('src/a.js'), file: true }, spec('*.ts'))).toBe(false);
    expect(mayOverlap(spec('src/a.js'), spec('*.ts'))).toBe(true);
    expect(mayOverlap({ ...spec('src/a.js'), file: true }, spec('src'))).toBe(true);
    expect(mayOverlap({ ...spec('src/a'), file: true }, spec(':(glob)src/**/a'))).toBe(true);
  });

  it('are written as git reads them, and read back', () => {
    for (const text of ['a b', ':(top)', ':(top):a', ':(top,glob)src/**', ':(top,icase,literal)x']) expect(pathspecText(spec(text))).toBe(text);
    expect(pathspecText(spec(':/a'))).toBe('a');
  });

  it.each([':!a', ':^a', ':(exclude)a', ':(attr:x)a', ':(prefix:1)a', ':(glob,literal)a', '', ':', ':%a', ':(a', 'a'.repeat(1001)])('%j is refused', (text) => {
    expect(parsePathspec(text)).toEqual(expect.any(String));
  });
});

describe('locks', () => {
  const wish = { why: null, at: 5, until: 9 };

  // Whatever is asked in whatever order, no two holders ever have patterns that overlap.
  it('of two holders never overlap', () => {
    const pattern = fc.constantFrom('a', 'a/b', 'a/*', '*', '*.ts', 'b', 'b/c.ts', ':(glob)b/**', ':(top)', ':(icase)A');
    const ask = fc.record({ holder: fc.constantFrom('claude', 'glm', 'human'), patterns: fc.array(pattern, { minLength: 1, maxLength: 3 }) });
    fc.assert(fc.property(fc.array(ask, { maxLength: 20 }), (asks) => {
      let locks: readonly Lock[] = [];
      for (const one of asks) {
        const plan = planLock(locks, { ...wish, ...one, patterns: one.patterns.map((pattern) => ({ pattern, file: false })) });
        if (plan.kind === 'given') locks = plan.locks;
        else expect(plan.held.every(({ holder }) => holder !== one.holder)).toBe(true);
      }
      for (const one of locks) for (const other of locks) if (one.holder !== other.holder) expect(overlap(one.pattern, other.pattern)).toBe(false);
      expect(new Set(locks.map((lock) => `${lock.holder} ${lock.pattern}`)).size).toBe(locks.length);
    }));
  });

  it('are renewed by their holder, with the reason kept', () => {
    const plan = planLock([{ holder: 'glm', pattern: 'a', file: true, why: 'old', at: 1, until: 6 }], { ...wish, holder: 'glm', patterns: [{ pattern: 'a', file: true }, { pattern: 'b', file: false }] });
    expect(plan).toMatchObject({ kind: 'given', renewed: 1, locks: [{ pattern: 'a', why: 'old', at: 1, until: 9 }, { pattern: 'b', at: 5, until: 9 }] });
  });

  it('lapse when their time is over, and when their holder goes, also where one of that name comes back', () => {
    const lock = { holder: 'glm', pattern: 'a', file: true, why: null, at: 5, until: 9 };
    expect(liveLocks([lock], 8, new Map([['glm', 1]]))).toEqual([lock]);
    expect(liveLocks([lock], 9, new Map([['glm', 1]]))).toEqual([]);
    expect(liveLocks([lock], 8, new Map())).toEqual([]);
    expect(liveLocks([lock], 8, new Map([['glm', 6]]))).toEqual([]);
  });
});
