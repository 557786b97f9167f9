import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

interface Result {
  readonly synced: { agent: string; way: string; old: string; new: string; made: number; dropped: { id: string; subject: string }[]; keptAt: string; back: string }[];
  readonly leftAlone: { agent: string; reason: string; detail: string; paths?: string[]; next: string[] }[];
}

const rebase = (made: Scratch, args: string[] = [], code = 0): Result => JSON.parse(expectDone(made.aiteam(['sync', '--rebase', '--json', ...args]), code).stdout) as Result;
const inside = (made: Scratch, agent: string, ...args: string[]): string => made.git(args, { cwd: made.worktree(agent) });
const work = (made: Scratch, agent: string, files: Record<string, string>, message = `${agent} works`): string => made.commit(files, message, made.worktree(agent));

describe('sync --rebase', () => {
  it('its own commits are replayed as git rebase does, author, date and message kept; one command brings the old tip back', () => {
    const made = team('glm');
    const author = { GIT_AUTHOR_NAME: 'Jürgen', GIT_AUTHOR_EMAIL: 'j@example.org', GIT_AUTHOR_DATE: '@1700000000 +0530' };
    made.write({ 'glm.txt': 'one\n' }, made.worktree('glm'));
    made.git(['add', '-A'], { cwd: made.worktree('glm') });
    made.git(['commit', '-q', '-F', '-'], { cwd: made.worktree('glm'), env: author, input: 'Ein Anfang\n\nmit  Leerzeichen\n\n# kein Kommentar\n' });
    work(made, 'glm', { 'app.txt': `line 0\n${made.read('app.txt')}` });
    const old = inside(made, 'glm', 'rev-parse', 'HEAD');
    made.commit({ 'app.txt': `${made.read('app.txt')}line 21\n` }, 'main goes on');
    made.git(['switch', '-q', '--detach', 'feature/glm']);
    made.git(['rebase', '-q', 'main']);
    const facts = ['log', '--format=%an %ae %ad %T%n%B', 'main..'];
    const expected = made.git(facts);
    made.git(['switch', '-q', 'main']);
    const [synced] = rebase(made).synced;
    expect(synced).toMatchObject({ way: 'rebase', made: 2, dropped: [], old });
    expect(inside(made, 'glm', ...facts)).toBe(expected);
    expect(inside(made, 'glm', 'status', '--porcelain')).toBe('');
    expect(expectDone(made.aiteam(['log'])).stdout).not.toContain('found later');
    const [program = '', ...args] = synced?.back.split(' ') ?? [];
    expect(program).toBe('git');
    made.git(args);
    expect([inside(made, 'glm', 'rev-parse', 'HEAD'), inside(made, 'glm', 'status', '--porcelain')]).toEqual([old, '']);
    expect(expectDone(made.aiteam(['trash'])).stdout).toContain('rebased branch');
  });

  it('commits that the target has as picked, squashed by us or squashed by a server are dropped; what is left is replayed', () => {
    const made = team('picked', 'ours', 'server', 'merged');
    const pick = work(made, 'picked', { 'picked.txt': 'p\n' }, 'to be picked');
    work(made, 'picked', { 'rest.txt': 'r\n' }, 'the rest');
    for (const agent of ['ours', 'server']) for (const text of ['one\n', 'two\n']) work(made, agent, { [`${agent}.txt`]: text });
    expectDone(made.aiteam(['integrate', 'ours', '--strategy', 'squash']));
    work(made, 'ours', { 'ours.txt': 'three\n' }, 'later');
    made.git(['cherry-pick', pick]);
    made.git(['merge', '-q', '--squash', 'feature/server']);
    made.git(['commit', '-q', '-m', 'server, squashed']);
    work(made, 'merged', { 'merged.txt': 'm\n' }, 'before the merge');
    inside(made, 'merged', 'merge', '-q', '--no-edit', 'main');
    made.commit({ 'main.txt': 'm\n' }, 'main goes on');
    const result = rebase(made);
    expect(Object.fromEntries(result.synced.map(({ agent, made, dropped }) => [agent, [made, dropped.length]]))).toEqual({ picked: [1, 1], ours: [1, 0], server: [0, 2], merged: [1, 0] });
    for (const [agent, subject] of [['picked', 'the rest'], ['ours', 'later'], ['server', ''], ['merged', 'before the merge']] as const) {
      expect([agent, inside(made, agent, 'log', '--format=%s', 'main..')]).toEqual([agent, subject]);
      expect(inside(made, agent, 'status', '--porcelain')).toBe('');
    }
  });

  // Seen to leave the branch held for ever, and, main moved on, to replay the undone work as the agent's own.
  it.each(['merge', 'squash', 'rebase'])('a landing that it was synced with was undone (%s): only its own commits are replayed, and it is held no more', (strategy) => {
    const made = team('claude', 'glm');
    work(made, 'claude', { 'claude.txt': 'c\n' });
    expectDone(made.aiteam(['integrate', 'claude', '--strategy', strategy]));
    work(made, 'glm', { 'glm.txt': 'g\n' });
    expectDone(made.aiteam(['sync', 'glm']));
    expectDone(made.aiteam(['undo']));
    expect(rebase(made, ['glm']).synced).toMatchObject([{ agent: 'glm', way: 'rebase' }]);
    expect(inside(made, 'glm', 'log', '--format=%s', 'main..')).toBe('glm works');
    expect(inside(made, 'glm', 'status', '--porcelain')).toBe('');
    expect(JSON.parse(expectDone(made.aiteam(['integrate', '--json'])).stdout)).toMatchObject({ landed: [{ agent: 'glm' }] });
    expect(made.tryGit(['cat-file', '-e', 'main:claude.txt']).code).not.toBe(0);
  });

  it('one commit of several would stop: told which and where, nothing moves', () => {
    const made = team('glm');
    work(made, 'glm', { 'glm.txt': 'g\n' });
    const second = work(made, 'glm', { 'README.md': 'glm\n' }, 'the second');
    work(made, 'glm', { 'README.md': '# scratch\n' }, 'and back again');
    made.commit({ 'README.md': 'main\n' }, 'main goes on');
    const refs = made.git(['for-each-ref', 'refs/heads', 'refs/aiteam/trash']);
    const [left] = rebase(made, [], 3).leftAlone;
    expect(left).toMatchObject({ reason: 'conflict', paths: ['README.md'], next: ['aiteam sync glm   (merging does not stop)', `git -C ${made.worktree('glm')} rebase main`] });
    expect(left?.detail).toContain(second.slice(0, 8));
    expect(made.git(['for-each-ref', 'refs/heads', 'refs/aiteam/trash'])).toBe(refs);
    // The branch as a whole changes only glm.txt, so a merge goes through.
    expectDone(made.aiteam(['sync', 'glm']));
  });
});
