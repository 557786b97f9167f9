import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

interface Result {
  readonly landing: { readonly id: string } | null;
  readonly landed: readonly { agent: string }[];
  readonly leftOut: readonly { agent: string; reason: string }[];
  readonly notTried: readonly { agent: string; reason: string }[];
}

const integrate = (made: Scratch, ...args: string[]): Result => JSON.parse(expectDone(made.aiteam(['integrate', '--json', ...args])).stdout) as Result;
const undo = (made: Scratch, ...args: string[]): void => void expectDone(made.aiteam(['undo', ...args]));
const onMain = (made: Scratch, path: string): string => made.git(['show', `main:${path}`]);
const work = (made: Scratch, agent: string, files: Record<string, string>): string => made.commit(files, `${agent} works`, made.worktree(agent));

// Each of these was seen to come out otherwise than git merge, or as "nothing to land" with the work not on main.
describe('what counts as landed', () => {
  it('a squash that the branch has merged since: git counts from there, and a later change back stands', () => {
    const made = team('glm');
    made.commit({ f: 'v1\n' }, 'f');
    made.git(['merge', '-q', 'main'], { cwd: made.worktree('glm') });
    work(made, 'glm', { f: 'b\n' });
    integrate(made, '--strategy', 'squash');
    work(made, 'glm', { k: 'k\n' });
    made.commit({ f: 'v1\n' }, 'back by hand');
    expectDone(made.aiteam(['sync', 'glm']));
    work(made, 'glm', { h: 'h\n' });
    made.commit({ f: 'b\n' }, 'and again by hand');
    integrate(made, 'glm');
    expect(onMain(made, 'f')).toBe('b');
  });

  it('a landing of an earlier branch of the same name, undone: the new branch has nothing to do with it', () => {
    const made = team('glm');
    made.commit({ f: 'v1\n' }, 'f');
    work(made, 'glm', { g: 'g\n' });
    const { landing } = integrate(made);
    made.commit({ f: 'v2\n' }, 'by hand');
    undo(made, landing?.id ?? '');
    expectDone(made.aiteam(['worktree', 'remove', '-f', '-D', 'glm']));
    expectDone(made.aiteam(['worktree', 'add', 'glm']));
    work(made, 'glm', { h: 'h\n' });
    made.commit({ f: 'v1\n' }, 'back by hand');
    expect(integrate(made, '--dry-run').landed).toHaveLength(1);
    integrate(made, 'glm', '--strategy', 'rebase');
    expect(onMain(made, 'f')).toBe('v1');
    expect(made.git(['log', '--format=%s', 'main']).split('\n').filter((subject) => subject === 'by hand')).toHaveLength(1);
  });

  it('one of several that were squashed together and undone: it lands again with its whole work', () => {
    const made = team('glm', 'ds');
    work(made, 'glm', { a: 'a\n' });
    work(made, 'ds', { b: 'b\n' });
    const { landing } = integrate(made, 'glm', 'ds', '--strategy', 'squash');
    made.commit({ h: 'h\n' }, 'by hand');
    undo(made, landing?.id ?? '');
    made.commit({ h: 'h2\n' }, 'by hand again');
    integrate(made, 'glm', 'ds', '--strategy', 'squash');
    expect(made.git(['ls-tree', '--name-only', 'main'])).toMatch(/^a\n[\s\S]*b$/m);
  });

  it('picked by hand and reverted by hand: it is not there', () => {
    const made = team('glm');
    const tip = work(made, 'glm', { a: 'a\n' });
    made.commit({ x: 'x\n' }, 'before it');
    made.git(['cherry-pick', tip]);
    made.git(['revert', '--no-edit', 'HEAD']);
    expect(integrate(made).landed).toMatchObject([{ agent: 'glm' }]);
    expect(onMain(made, 'a')).toBe('a');
  });

  it('the same lines by hand in another place: it is not there', () => {
    const made = team('glm');
    const text = (at: number): string => [0, 1, 2].map((part) => `f${part} {\n  one\n  two\n${part === at ? '  lock\n' : ''}  three\n}\n`).join('');
    made.commit({ code: text(-1) }, 'code');
    made.git(['merge', '-q', 'main'], { cwd: made.worktree('glm') });
    work(made, 'glm', { code: text(2) });
    made.commit({ code: text(0) }, 'by hand');
    const result = JSON.parse(made.aiteam(['integrate', '--json']).stdout) as Result;
    expect(result.notTried).toEqual([]);
  });

  it('main set back by hand, and the landing thrown away by gc: it is not there', () => {
    const made = team('glm');
    work(made, 'glm', { a: 'a\n' });
    integrate(made, '--strategy', 'squash');
    made.git(['reset', '-q', '--hard', 'HEAD^']);
    made.git(['reflog', 'expire', '--expire=now', '--all']);
    made.git(['gc', '-q', '--prune=now']);
    integrate(made);
    expect(onMain(made, 'a')).toBe('a');
  });

  it('undone after a squash: removing the worktree needs the flag that names the loss', () => {
    const made = team('glm', 'ds');
    work(made, 'glm', { a: 'a\n' });
    work(made, 'ds', { b: 'b\n' });
    const { landing } = integrate(made, 'glm', '--strategy', 'squash');
    integrate(made, 'ds');
    undo(made, landing?.id ?? '');
    expect(made.aiteam(['worktree', 'remove', 'glm']).code).toBe(1);
  });

  it('pushed while main here could not follow: it is not landed a second time', () => {
    const made = team('glm');
    made.git(['init', '-q', '--bare', '-b', 'main', join(made.folder, 'origin.git')]);
    made.git(['remote', 'add', 'origin', join(made.folder, 'origin.git')]);
    made.git(['push', '-q', 'origin', 'main']);
    made.git(['clone', '-q', join(made.folder, 'origin.git'), join(made.folder, 'other')], { cwd: made.folder });
    made.commit({ 'app.txt': 'theirs\n' }, 'elsewhere', join(made.folder, 'other'));
    made.git(['push', '-q', 'origin', 'main'], { cwd: join(made.folder, 'other') });
    work(made, 'glm', { a: 'a\n' });
    made.write({ 'app.txt': 'mine\n' });
    integrate(made, '--push');
    expect(integrate(made)).toMatchObject({ landing: null, notTried: [{ agent: 'glm', reason: 'landed-there' }] });
  });
});

describe('undo', () => {
  it('the very same commit landed again by a fast-forward: it can be undone again', () => {
    const made = team('glm');
    work(made, 'glm', { a: 'a\n' });
    integrate(made, '--strategy', 'ff');
    undo(made);
    integrate(made, 'glm', '--strategy', 'ff');
    undo(made);
    expect(made.git(['ls-tree', '--name-only', 'main'])).not.toMatch(/^a$/m);
  });

  it('what came to main otherwise is not moved back over', () => {
    const made = team('glm');
    work(made, 'glm', { a: 'a\n' });
    work(made, 'glm', { b: 'b\n' });
    made.commit({ x: 'x\n' }, 'before it');
    made.git(['cherry-pick', 'main..feature/glm']);
    expect(integrate(made).notTried).toMatchObject([{ reason: 'nothing-to-land' }]);
    const main = made.git(['rev-parse', 'main']);
    expect(made.aiteam(['undo']).code).toBe(1);
    expect(made.git(['rev-parse', 'main'])).toBe(main);
  });

  it('a landing on another branch, by its id', () => {
    const made = team('glm');
    made.git(['branch', 'integration']);
    work(made, 'glm', { a: 'a\n' });
    const { landing } = integrate(made, '--into', 'integration');
    undo(made, landing?.id ?? '');
    expect(made.git(['rev-parse', 'integration'])).toBe(made.git(['rev-parse', 'main']));
  });
});

describe('integrate --push with nothing to land', () => {
  it('does not push a main that fails the gate', () => {
    const made = team('glm');
    made.git(['init', '-q', '--bare', '-b', 'main', join(made.folder, 'origin.git')]);
    made.git(['remote', 'add', 'origin', join(made.folder, 'origin.git')]);
    made.git(['push', '-q', 'origin', 'main']);
    made.write({ '.aiteam.yaml': `${made.read('.aiteam.yaml')}\ngates:\n  - {name: test, run: "false"}\n` });
    made.commit({}, 'gate');
    expectDone(made.aiteam(['trust', '--yes']));
    expectDone(made.aiteam(['integrate', '--push']), 3);
    expect(made.git(['rev-parse', 'main'], { cwd: join(made.folder, 'origin.git') })).not.toBe(made.git(['rev-parse', 'main']));
  });
});
