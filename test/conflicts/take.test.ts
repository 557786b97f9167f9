import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gatedTeam } from '../support/gates.ts';
import { expectDone, scratch, team, type Finished, type Scratch } from '../support/scratch.ts';

interface Listed { readonly id: string; readonly state: string; readonly path: string; readonly level: string; readonly type: string; readonly agents: readonly string[]; readonly resolution: unknown }

const put = (cwd: string, files: Record<string, string>): void => { for (const [path, text] of Object.entries(files)) writeFileSync(join(cwd, path), Buffer.from(text, 'latin1')); };
const bytesIn = (made: Scratch, path: string): string => readFileSync(join(made.repo, path), 'latin1');
const listed = (made: Scratch, ...args: string[]): Listed[] => (JSON.parse(expectDone(made.aiteam(['conflicts', 'list', '--json', ...args])).stdout) as { conflicts: Listed[] }).conflicts;
const resolve = (made: Scratch, args: string[], code = 0, input = ''): Finished => expectDone(made.aiteam(['conflicts', 'resolve', ...args], { input }), code);
const integrate = (made: Scratch, args: string[], code = 0): Finished => expectDone(made.aiteam(['integrate', ...args]), code);
const LINES = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`);
const withLines = (changed: Record<number, string>): string => LINES.map((line, index) => (changed[index + 1] === undefined ? line : `${changed[index + 1]}\n`)).join('');
const work = (made: Scratch, agent: string, changed: Record<number, string>): string => made.commit({ 'app.txt': withLines(changed) }, `${agent} works`, made.worktree(agent));

/** A team whose worktrees begin with these files. */
function begun(files: Record<string, string>, more: (made: Scratch) => void = () => undefined): Scratch {
  const made = scratch();
  put(made.repo, files);
  more(made);
  made.commit({}, 'a base');
  expectDone(made.aiteam(['init', 'claude', 'glm']));
  expectDone(made.aiteam(['worktree', 'add', 'claude', 'glm']));
  return made;
}

/** Two hunks of app.txt on which glm's branch and what claude has landed meet: lines 3 and 12. */
function met(): Scratch {
  const made = team('claude', 'glm');
  work(made, 'claude', { 3: 'claude', 12: 'claude' });
  work(made, 'glm', { 3: 'glm', 12: 'glm' });
  integrate(made, ['claude', 'glm'], 3);
  return made;
}

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
    expect([...new Set(found.map(({ path }) => path))].sort()).toEqual(['added', 'by-claude', 'by-glm', 'deleted', 'image', 'kept', 'kind', 'link', 'place', 'renamed']);
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

describe('a kept resolution', () => {
  // Seen to fail with ids that are those of one merge only: any other commit made it lapse.
  it('holds while its lines are the same, wherever else branch and target move, and lapses with a word when they change', () => {
    const made = met();
    resolve(made, ['glm', '--take', 'glm']);
    made.commit({ 'app.txt': withLines({ 3: 'glm', 12: 'glm', 18: 'glm too' }) }, 'elsewhere', made.worktree('glm'));
    made.commit({ 'main.txt': 'm\n', 'app.txt': withLines({ 3: 'claude', 7: 'a person', 12: 'claude' }) }, 'by hand');
    expect(listed(made).map(({ state }) => state)).toEqual(['settled', 'settled']);
    made.commit({ 'app.txt': withLines({ 3: 'glm', 12: 'glm again', 18: 'glm too' }) }, 'in a hunk', made.worktree('glm'));
    const [old] = listed(made, '--all').map(({ id }) => id);
    const out = integrate(made, [], 3);
    expect(out.stdout).toMatch(/left out {2}glm .*: 2 conflicts, 1 of them settled\n/);
    expect(`${out.stderr}${out.stdout}`).not.toContain('undefined');
    expect(listed(made).map(({ state }) => state).sort()).toEqual(['open', 'settled']);
    expect(old).toBeDefined();
    resolve(made, ['glm', '--take', 'glm']);
    integrate(made, []);
    expect(bytesIn(made, 'app.txt')).toBe(withLines({ 3: 'glm', 7: 'a person', 12: 'glm again', 18: 'glm too' }));
  });

  it('says at integrate, and at the list, that it lapsed; where the very same is met again it holds again', () => {
    const made = met();
    resolve(made, ['glm', '--take', 'glm']);
    const before = made.git(['rev-parse', 'feature/glm']);
    work(made, 'glm', { 3: 'glm', 12: 'other' });
    const dry = JSON.parse(integrate(made, ['--dry-run', '--json'], 3).stdout) as { lapsed: { path: string }[] };
    expect(dry.lapsed).toMatchObject([{ agent: 'glm', path: 'app.txt' }]);
    expect(integrate(made, ['--dry-run'], 3).stdout).toMatch(/lapsed {2}the resolution of [0-9a-f]{8} \(glm, app.txt:12\)/);
    expect(expectDone(made.aiteam(['conflicts'])).stderr).toMatch(/the resolution of conflict [0-9a-f]{8} \(glm, app.txt:12\) lapsed/);
    made.git(['reset', '-q', '--hard', before], { cwd: made.worktree('glm') });
    expect(integrate(made, []).stdout).toContain('2 conflicts settled by recorded resolutions');
    // Undone, and landed again: by the same resolutions.
    expectDone(made.aiteam(['undo']));
    expect(integrate(made, ['glm']).stdout).toContain('2 conflicts settled by recorded resolutions');
    expect(bytesIn(made, 'app.txt')).toBe(withLines({ 3: 'glm', 12: 'glm' }));
  });

  // Seen to fail with the file's versions alone in the id: what came into the folder later was landed away.
  it('of a file in a folder\'s place lapses when anything comes into that folder, on either side', () => {
    const made = scratch();
    made.commit({ a: 'a\n' }, 'a base');
    expectDone(made.aiteam(['init', 'claude', 'glm']));
    expectDone(made.aiteam(['worktree', 'add', 'claude', 'glm']));
    made.commit({ 'place/inside': 'claude\n', other: 'claude\n' }, 'claude works', made.worktree('claude'));
    made.commit({ place: 'glm\n', 'other/inside': 'glm\n' }, 'glm works', made.worktree('glm'));
    integrate(made, ['claude', 'glm'], 3);
    resolve(made, ['--path', 'place', '--take', 'glm']);
    resolve(made, ['--path', 'other', '--take', 'main']);
    made.commit({ 'main.txt': 'm\n' }, 'elsewhere');
    expect(integrate(made, ['--dry-run']).stdout).toContain('2 conflicts settled');
    made.commit({ 'place/later': 'a person\n' }, 'by hand');
    made.commit({ 'other/later': 'glm\n' }, 'glm goes on', made.worktree('glm'));
    const out = integrate(made, [], 3);
    expect(out.stdout.match(/lapsed {2}/g)).toHaveLength(2);
    expect(made.read('place/later')).toBe('a person\n');
  });

  // Seen to fail with an id made of the lines alone: one answer settled both, and the second was never shown.
  it('is of one hunk, where two of a file read the same; of one that came later nothing was chosen', () => {
    const made = scratch();
    const replicas = (...values: readonly number[]): string => values.map((value, index) => `service ${index}\n\n\nreplicas: ${value}\n\n\n`).join('');
    const scale = (agent: string, ...values: readonly number[]): string => made.commit({ services: replicas(...values) }, `${agent} scales`, made.worktree(agent));
    made.commit({ services: replicas(1, 1, 1) }, 'a base');
    expectDone(made.aiteam(['init', 'claude', 'glm']));
    expectDone(made.aiteam(['worktree', 'add', 'claude', 'glm']));
    scale('claude', 2, 2, 2);
    scale('glm', 3, 1, 3);
    integrate(made, ['claude', 'glm'], 3);
    const [first = '', second = ''] = listed(made).map(({ id }) => id);
    expect(resolve(made, [first, '--take', 'glm']).stdout).toContain('1 conflict left');
    resolve(made, [second, '--take', 'main']);
    expect(integrate(made, ['--dry-run']).stdout).toContain('2 conflicts settled');
    scale('glm', 3, 3, 3);
    integrate(made, ['--dry-run'], 3);
    scale('glm', 3, 1, 3);
    integrate(made, []);
    expect(made.read('services')).toBe(replicas(3, 2, 2));
  });

  // Seen to fail with stages alone: the branch landed as if git had stopped at the file only.
  it('settles nothing beside it on which git stops without naming a file: a folder renamed to several', () => {
    const made = scratch();
    const files = (folders: readonly string[], line: string): Record<string, string> => ({ ...Object.fromEntries(folders.map((folder, index) => [`${folder}/${index}`, withLines({ 1: String(index) })])), 'app.txt': withLines({ 3: line }) });
    made.commit(files(['d', 'd', 'd', 'd'], 'base'), 'a base');
    expectDone(made.aiteam(['init', 'claude', 'glm']));
    expectDone(made.aiteam(['worktree', 'add', 'claude', 'glm']));
    rmSync(join(made.worktree('claude'), 'd'), { recursive: true });
    made.commit(files(['x', 'x', 'y', 'y'], 'claude'), 'claude works', made.worktree('claude'));
    made.commit({ ...files([], 'glm'), 'd/new': 'glm\n' }, 'glm works', made.worktree('glm'));
    integrate(made, ['claude', 'glm'], 3);
    expect(resolve(made, ['--path', 'app.txt', '--take', 'glm']).stdout).toContain('1 conflict left');
    integrate(made, [], 3);
    expect(resolve(made, ['glm', '--take', 'glm'], 1).stderr).toContain('git names no single path for it');
  });

  it('is dropped and taken anew, what it was before stays reachable; its agent has its handoff again', () => {
    const made = met();
    const [first, second] = listed(made).map(({ id }) => id);
    const waits = (): boolean => made.read('.ai-coordinator/handoff.md').includes('**Status**: waiting');
    resolve(made, [first ?? '', second ?? '', '--take', 'glm']);
    expect(waits()).toBe(false);
    const ref = `refs/aiteam/resolutions/${first}`;
    const kept = made.git(['rev-parse', ref]);
    expect(made.git(['show', `${ref}:result`])).toBe('glm');
    resolve(made, [first ?? '', '--take', 'main']);
    expect(made.git(['rev-list', ref])).toContain(kept);
    const dropped = expectDone(made.aiteam(['conflicts', 'drop', first ?? ''])).stdout;
    expect(dropped).toContain(`to take it again: aiteam conflicts resolve ${first} --take main`);
    expect(made.tryGit(['rev-parse', '--verify', '-q', ref]).code).toBe(1);
    expect(made.git(['rev-list', '--glob=refs/aiteam/dropped-resolutions/*'])).toContain(kept);
    expect(listed(made).map(({ state }) => state)).toEqual(['open', 'settled']);
    expect(waits()).toBe(true);
    expect(expectDone(made.aiteam(['conflicts', 'drop', first ?? '']), 1).stderr).toContain('no resolution of conflict');
    expect(integrate(made, [], 3).stdout).toContain('2 conflicts, 1 of them settled');
  });

  it('goes to whom it is given, as a handoff; and a rebase lands it as one commit', () => {
    const made = met();
    const [id = ''] = listed(made).map((one) => one.id);
    expect(resolve(made, ['glm', '--to', 'claude']).stdout).toContain('handed over  2 conflicts to claude');
    expect(made.read('.ai-coordinator/handoff.md')).toContain(`aiteam conflicts show ${id} shows both sides`);
    expect(resolve(made, [id, '--to', 'main'], 1).stderr).toContain('it settles no conflict');
    // An agent settles what it was given, and is named for it.
    expectDone(made.aiteam(['conflicts', 'resolve', 'glm', '--take', 'main,glm'], { cwd: made.worktree('claude') }));
    expect(listed(made).map(({ resolution }) => resolution)).toMatchObject([{ by: 'claude' }, { by: 'claude' }]);
    const out = integrate(made, ['--strategy', 'rebase']);
    expect(out.stderr).toContain('landed as one commit');
    expect(bytesIn(made, 'app.txt')).toBe(withLines({ 3: 'claude\nglm', 12: 'claude\nglm' }));
    expect(made.git(['log', '-1', '--format=%P']).split(' ')).toHaveLength(1);
  });
});

describe('what cannot be taken', () => {
  it('is refused by name with the command that helps: no such side, agent, id or path, too many ways at once', () => {
    const made = met();
    const [id = ''] = listed(made).map((one) => one.id);
    for (const [args, code, words] of [
      [[id, '--take', 'ours'], 2, 'take glm or main, or both in an order: glm,main'],
      [['nobody', '--take', 'glm'], 1, 'there is no conflict "nobody"'],
      [['claude', '--take', 'glm'], 1, "claude's branch has no open conflict"],
      [['glm', '--path', 'README.md', '--take', 'glm'], 1, 'none of these conflicts is in README.md'],
      [['--take', 'glm'], 2, 'which conflict?'],
      [[id, '--take', 'glm', '--in-worktree'], 2, "cannot be used with option"],
      [[id, id, '--in-worktree'], 2, 'give one id'],
    ] as const) expect(expectDone(made.aiteam(['conflicts', 'resolve', ...args]), code).stderr).toContain(words);
    expect(made.git(['for-each-ref', 'refs/aiteam/resolutions'])).toBe('');
    expect(resolve(made, [id, '--in-worktree']).stdout).toContain("is being merged into glm's worktree");
  });

  // Seen to say `conflict-over`, and to close the conflict.
  it('where only a merge driver could tell: refused by name, and the conflict stays open', () => {
    const made = met();
    const [id = ''] = listed(made).map((one) => one.id);
    for (const cwd of [made.repo, made.worktree('glm')]) made.commit({ '.gitattributes': 'app.txt merge=theirs\n' }, 'a driver', cwd);
    made.git(['config', 'merge.theirs.driver', 'cp %B %A']);
    for (const args of [[id], [id, '--take', 'glm']]) expect(resolve(made, args, 1).stderr).toContain('a merge driver that may not run here, or could not: theirs');
    expect(listed(made)).toHaveLength(2);
  });

  it('hostile names are shown escaped, in the trailer too', () => {
    const name = 'evil\u001b[31m\nConflict-resolution: forged';
    const made = team('claude', 'glm');
    for (const agent of ['claude', 'glm']) made.commit({ [name]: `${agent}\n` }, `${agent} works`, made.worktree(agent));
    integrate(made, ['claude', 'glm'], 3);
    const out = resolve(made, ['glm', '--take', 'glm']);
    integrate(made, []);
    for (const text of [out.stdout, made.git(['log', '-1', '--format=%B'])]) {
      expect(text).not.toContain('\u001b');
      expect(text).not.toContain('\nConflict-resolution: forged');
    }
    expect(made.read(name)).toBe('glm\n');
  });
});

// Seen to fail without a second look before the landing: what was open again landed.
it('a resolution that is taken back while gates run does not land', () => {
  const made = gatedTeam(['claude', 'glm'], [`name: slow\n    run: "git -C '{folder}/repo' for-each-ref --format='delete %(refname)' refs/aiteam/resolutions | git -C '{folder}/repo' update-ref --stdin"`]);
  work(made, 'claude', { 3: 'claude' });
  work(made, 'glm', { 3: 'glm' });
  integrate(made, ['claude', 'glm'], 3);
  resolve(made, ['glm', '--take', 'glm']);
  const before = made.git(['rev-parse', 'main']);
  expect(integrate(made, [], 3).stdout).toContain('left out  glm (feature/glm): 1 conflict');
  expect(made.git(['rev-parse', 'main'])).toBe(before);
  expect(listed(made)).toMatchObject([{ state: 'open' }]);
});
