import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { begun, bytesIn, integrate, listed, met, put, resolve, withLines } from '../support/conflicts.ts';
import { expectDone } from '../support/scratch.ts';

describe('sides are taken', () => {
  // Seen to fail with the marked file's own last line in place of the side's.
  it('of hunks: the bytes of latin-1, CRLF, NUL and a file without a last line break are kept', () => {
    const filler = 'x\n'.repeat(4500);
    const made = begun({ 'latin1': 'caf\xe9\nb\n', 'crlf': 'a\r\nb\r\nc\r\n', 'no-end': 'a\nb', 'nul': `${filler}a\n\0\n`, 'both': 'a\r\nb' });
    put(made.worktree('claude'), { 'latin1': 'th\xe9\nb\n', 'crlf': 'a\r\nclaude\r\nc\r\n', 'no-end': 'a\nclaude', 'nul': `${filler}claude\0\n\0\n`, 'both': 'a\r\nclaude' });
    made.commit({}, 'claude works', made.worktree('claude'));
    put(made.worktree('glm'), { 'latin1': '\xff\xfe\nb\n', 'crlf': 'a\r\nglm\r\nc\r\n', 'no-end': 'a\nglm', 'nul': `${filler}glm\0\0\n\0\n`, 'both': 'a\r\nglm\r\n' });
    const tip = made.commit({}, 'glm works', made.worktree('glm'));
    integrate(made, ['claude', 'glm'], 3);
    for (const [path, take] of [['latin1', 'glm'], ['crlf', 'main,glm'], ['no-end', 'glm'], ['nul', 'glm,claude']] as const) resolve(made, ['--path', path, '--take', take]);
    const partly = JSON.parse(integrate(made, ['--json'], 3).stdout) as { leftOut: { conflicts: { path: string; settled: boolean }[] }[] };
    expect(partly.leftOut[0]?.conflicts.filter(({ settled }) => !settled).map(({ path }) => path)).toEqual(['both']);
    expect(listed(made).map(({ state }) => state).sort()).toEqual(['open', 'settled', 'settled', 'settled', 'settled']);
    expect(resolve(made, ['glm', '--path', 'both', '--take', 'main,glm']).stdout).toContain('next: aiteam integrate glm');
    expect(made.git(['rev-parse', 'feature/glm'])).toBe(tip);
    const landed = integrate(made, []).stdout;
    expect(landed).toContain('5 conflicts settled by recorded resolutions');
    expect({ latin1: bytesIn(made, 'latin1'), crlf: bytesIn(made, 'crlf'), noEnd: bytesIn(made, 'no-end'), nul: bytesIn(made, 'nul').slice(filler.length), both: bytesIn(made, 'both') }).toEqual({
      latin1: '\xff\xfe\nb\n', crlf: 'a\r\nclaude\r\nglm\r\nc\r\n', noEnd: 'a\nglm', nul: 'glm\0\0\nclaude\0\n\0\n', both: 'a\r\nclaude\r\nglm\r\n',
    });
    expect(made.git(['log', '-1', '--format=%(trailers:key=Conflict-resolution)']).split('\n').filter((line) => line !== '')).toHaveLength(5);
    expect(made.git(['rev-parse', 'main^2'])).toBe(tip);
    expect(made.git(['status', '--porcelain', '-uno'])).toBe('');
    expect(listed(made, '--all').map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'landed'));
  });

  // Seen to fail with the paths that git puts aside (`kind~1234abcd`) taken for the paths themselves.
  it('of what is not about lines: that side\'s state at the path, whatever it is', () => {
    const made = begun({ deleted: 'd\n', kept: 'k\n', image: 'a\0b', kind: 'k\n', renamed: withLines({}) }, (one) => symlinkSync('here', join(one.repo, 'link')));
    const [claude, glm] = [made.worktree('claude'), made.worktree('glm')];
    const both = (cwd: string, name: string): void => {
      put(cwd, { image: `a\0${name}`, added: 'same\n' });
      rmSync(join(cwd, 'link'));
      symlinkSync(name, join(cwd, 'link'));
    };
    both(claude, 'claude');
    rmSync(join(claude, 'deleted'));
    rmSync(join(claude, 'kind'));
    mkdirSync(join(claude, 'place'));
    symlinkSync('elsewhere', join(claude, 'kind'));
    put(claude, { kept: 'claude\n', 'place/inside': 'claude\n' });
    made.git(['mv', 'renamed', 'by-claude'], { cwd: claude });
    made.commit({}, 'claude works', claude);
    both(glm, 'glm');
    rmSync(join(glm, 'kept'));
    put(glm, { deleted: 'glm\n', kind: 'glm\n', place: 'glm\n' });
    chmodSync(join(glm, 'added'), 0o755);
    made.git(['mv', 'renamed', 'by-glm'], { cwd: glm });
    made.commit({}, 'glm works', glm);
    integrate(made, ['claude', 'glm'], 3);
    const found = listed(made);
    expect(found.every(({ level }) => level === 'structural')).toBe(true);
    expect([...new Set(found.map(({ path }) => path))].sort()).toEqual(['added', 'deleted', 'image', 'kept', 'kind', 'link', 'place', 'renamed']);
    expect(resolve(made, ['glm', '--take', 'glm,main'], 1).stderr).toContain('is not about lines');
    expect(expectDone(made.aiteam(['conflicts', 'show', found.find(({ path }) => path === 'place')?.id ?? ''])).stdout).toContain('glm has a file there, main a folder: which is it to be?');
    resolve(made, ['glm', '--take', 'glm']);
    for (const path of ['image', 'kept']) resolve(made, ['--path', path, '--take', 'claude']);
    integrate(made, []);
    expect(made.git(['ls-tree', '-r', '--format=%(objectmode) %(path)', 'main']).split('\n').filter((line) => !/ (README.md|app.txt)$/.test(line))).toEqual([
      '100755 added', '100644 by-glm', '100644 deleted', '100644 image', '100644 kept', '100644 kind', '120000 link', '100644 place',
    ]);
    expect([bytesIn(made, 'image'), bytesIn(made, 'deleted'), bytesIn(made, 'kind'), bytesIn(made, 'place')]).toEqual(['a\0claude', 'glm\n', 'glm\n', 'glm\n']);
    expect(made.git(['show', 'main:link'])).toBe('glm');
    expect(made.git(['status', '--porcelain', '-uno'])).toBe('');
  });

  it('hunk by hunk, as they are asked: by name or number, left open, and ended by q or the end of the input', () => {
    const made = met();
    const first = resolve(made, ['glm', '--ask'], 3, 'nonsense\n3\nq\n');
    expect(first.stderr.match(/1 of 2/g)).toHaveLength(2);
    expect(first.stderr).toContain('take: 1 glm, 2 main, 3 glm,main, 4 main,glm, s leave it open, q quit? ');
    expect(first.stdout).toMatch(/settled {2}[0-9a-f]{8} {2}app.txt:3: glm,main\n {4}\| glm\n {4}\| claude\n1 conflict left/);
    expect(resolve(made, ['glm', '--ask'], 3).stdout).toContain('nothing was settled');
    expect(resolve(made, ['glm'], 2).stderr).toContain('no terminal');
    const [settled] = listed(made).filter(({ state }) => state === 'settled');
    expect(settled?.resolution).toMatchObject({ take: ['glm', 'main'], by: 'human' });
    resolve(made, ['glm', '--ask'], 0, 'main\n');
    integrate(made, ['--strategy', 'squash']);
    expect(bytesIn(made, 'app.txt')).toBe(withLines({ 3: 'glm\nclaude', 12: 'claude' }));
    expect(made.git(['log', '-1', '--format=%(trailers:key=Conflict-resolution,valueonly)']).split('\n').filter((line) => line !== '')).toHaveLength(2);
  });
});
