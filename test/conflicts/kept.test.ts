import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { begun, bytesIn, integrate, listed, met, resolve, withLines, work } from '../support/conflicts.ts';
import { gatedTeam } from '../support/gates.ts';
import { expectDone, scratch } from '../support/scratch.ts';

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

  // Seen to fail without the modes in the id: the file became executable, and nobody had been asked.
  it('of lines chooses no mode that came into conflict later, as where both added the file; one that git merges by itself it leaves alone', () => {
    const made = begun({ run: 'x\n' });
    for (const agent of ['claude', 'glm']) made.commit({ added: `a\n${agent}\n`, run: `${agent}\n` }, `${agent} works`, made.worktree(agent));
    integrate(made, ['claude', 'glm'], 3);
    resolve(made, ['glm', '--take', 'glm']);
    const executable = (path: string): void => {
      chmodSync(join(made.worktree('glm'), path), 0o755);
      made.commit({}, `${path} is executable`, made.worktree('glm'));
    };
    executable('run');
    expect(integrate(made, ['--dry-run']).stdout).toContain('2 conflicts settled');
    executable('added');
    expect(integrate(made, [], 3).stdout).toMatch(/lapsed .*added/);
    const [open] = listed(made).filter(({ state }) => state === 'open');
    expect(expectDone(made.aiteam(['conflicts', 'show', open?.id ?? ''])).stdout).toContain("glm's is 100755, main's 100644");
    resolve(made, ['--path', 'added', '--take', 'main,glm']);
    integrate(made, []);
    expect(made.git(['ls-tree', '--format=%(objectmode) %(path)', 'main', 'added', 'run'])).toBe('100644 added\n100755 run');
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
