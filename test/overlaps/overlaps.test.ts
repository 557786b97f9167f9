import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { overlapsIn } from '../support/overlaps.ts';
import { expectDone, scratch, team, type Scratch } from '../support/scratch.ts';

/** The lines of app.txt with some of them replaced. */
function appWith(changes: Readonly<Record<number, string>>): string {
  return Array.from({ length: 20 }, (_, index) => `${changes[index + 1] ?? `line ${index + 1}`}\n`).join('');
}

async function rows(made: Scratch, names: readonly string[] = []): Promise<string[]> {
  const { overlaps } = await overlapsIn(made, { names });
  return overlaps.map(({ sides, level, verdict, path, lines }) => `${sides.map(({ agent, commit }) => `${agent ?? 'main'}${agent !== null && commit === null ? '*' : ''}`).join('+')} ${level} ${verdict} ${path}${lines === null ? '' : `:${lines.join('-')}`}`).sort();
}

describe('aiteam overlaps', () => {
  it('committed, uncommitted and untracked work of two agents and the target, each named with its level, lines and state', async () => {
    const made = team('claude', 'glm', 'idle');
    made.commit({ 'app.txt': appWith({ 3: 'claude', 10: 'claude' }), 'package-lock.json': 'claude\n' }, 'claude works', made.worktree('claude'));
    made.write({ 'app.txt': appWith({ 3: 'glm', 11: 'glm' }), 'package-lock.json': 'glm\n', 'new.txt': 'glm\n' }, made.worktree('glm'));
    made.commit({ 'app.txt': appWith({ 20: 'main' }), 'new.txt': 'main\n' }, 'main moves');
    expect(await rows(made)).toEqual([
      'claude+glm* adjacent conflict app.txt:10-12', 'claude+glm* content conflict app.txt:3-4', 'claude+glm* mechanical conflict package-lock.json',
      'main+claude advisory clean app.txt', 'main+glm* advisory clean app.txt', 'main+glm* content conflict new.txt',
    ]);
    expect(await rows(made, ['main', 'glm'])).toEqual(['main+glm* advisory clean app.txt', 'main+glm* content conflict new.txt']);
    expect(await rows(made, ['idle'])).toEqual([]);
  });

  it('work that a squash has landed does not collide with itself, neither on the target nor with an agent that has it', async () => {
    const made = team('claude', 'glm');
    made.commit({ 'app.txt': appWith({ 5: 'claude' }) }, 'claude works', made.worktree('claude'));
    expectDone(made.aiteam(['integrate', 'claude', '--strategy', 'squash']));
    expectDone(made.aiteam(['sync', 'glm']));
    made.commit({ 'app.txt': appWith({ 5: 'claude', 15: 'glm' }) }, 'glm works', made.worktree('glm'));
    made.commit({ 'app.txt': appWith({ 5: 'claude goes on' }) }, 'claude goes on', made.worktree('claude'));
    expect(await rows(made)).toEqual(['claude+glm advisory clean app.txt']);
  });

  it('lines of the target are the agent\'s whose landing wrote them; those of the base, too', async () => {
    const made = team('claude', 'glm', 'deepseek');
    made.commit({ 'app.txt': appWith({ 5: 'claude' }) }, 'claude works', made.worktree('claude'));
    expectDone(made.aiteam(['integrate', 'claude']));
    expectDone(made.aiteam(['sync', 'deepseek', 'claude']));
    made.commit({ 'app.txt': appWith({ 5: 'glm' }) }, 'glm works', made.worktree('glm'));
    made.commit({ 'app.txt': appWith({ 5: 'deepseek' }) }, 'deepseek works', made.worktree('deepseek'));
    made.write({ 'app.txt': appWith({ 5: 'claude again' }) }, made.worktree('claude'));
    const { overlaps } = await overlapsIn(made);
    const owner = (a: string | null, b: string): unknown => overlaps.find(({ sides }) => sides[0].agent === a && sides[1].agent === b)?.owner;
    expect(owner(null, 'glm')).toMatchObject({ kind: 'agent', agent: 'claude' });
    expect(owner('claude', 'deepseek')).toMatchObject({ kind: 'agent', agent: 'claude' });
    expect(overlaps.find(({ sides }) => sides[0].agent === 'claude' && sides[1].agent === 'deepseek')?.advice).toEqual({ kind: 'wait', agent: 'claude', behind: 'deepseek' });
  });

  it('a worktree in the middle of a merge is compared and labelled; one on another branch is compared by its own', async () => {
    const made = team('claude', 'glm');
    made.commit({ 'app.txt': appWith({ 5: 'claude' }) }, 'claude works', made.worktree('claude'));
    made.commit({ 'app.txt': appWith({ 5: 'main' }) }, 'main moves');
    made.tryGit(['merge', 'main'], { cwd: made.worktree('claude') });
    made.commit({ 'glm.txt': 'glm\n' }, 'glm works', made.worktree('glm'));
    made.git(['switch', '-q', '-c', 'aside'], { cwd: made.worktree('glm') });
    const { agents } = await overlapsIn(made);
    expect(agents.map(({ agent, underWay, unseen }) => [agent, underWay, unseen])).toEqual([['claude', 'a merge', null], ['glm', null, 'its worktree is on aside']]);
    const text = expectDone(made.aiteam(['overlaps'])).stdout;
    expect(text).toContain('claude is in the middle of a merge: its files may hold markers');
    expect(text).toContain('of glm only the branch was compared: its worktree is on aside');
  });

  it('a path that wants a merge driver which may not run: said, and so counted as a conflict', async () => {
    const made = team('claude', 'glm');
    made.commit({ '.gitattributes': 'app.txt merge=own\n' }, 'attributes');
    made.git(['config', 'merge.own.driver', 'true']);
    for (const agent of ['claude', 'glm']) {
      made.git(['merge', '-q', 'main'], { cwd: made.worktree(agent) });
      made.commit({ 'app.txt': appWith({ 1: agent }) }, 'work', made.worktree(agent));
    }
    expect((await overlapsIn(made)).overlaps).toMatchObject([{ path: 'app.txt', verdict: 'conflict', type: 'merge driver own did not run' }]);
  });

  // Git calls this merge clean.
  it('a folder that became a file, in a folder that the other renamed: git merge dies of it, so it is a conflict', async () => {
    const made = scratch();
    made.commit({ 'old/1': 'one\n1\n2\n3\n', 'old/2': 'two\n1\n2\n3\n', 'old/x/inside': 'x\n' }, 'folder');
    made.git(['config', 'merge.directoryRenames', 'true']);
    expectDone(made.aiteam(['init']));
    expectDone(made.aiteam(['worktree', 'add', 'claude', 'glm']));
    for (const agent of ['claude', 'glm']) made.git(['rm', '-rq', 'old/x'], { cwd: made.worktree(agent) });
    made.write({ 'old/x': 'file\n' }, made.worktree('claude'));
    made.git(['mv', 'old', 'new'], { cwd: made.worktree('glm') });
    expect(await rows(made)).toEqual(['claude*+glm* structural conflict new/x']);
  });

  it('exits with 3 where asked and something would conflict, with 0 otherwise, and refuses a name that nobody has', () => {
    const made = team('claude', 'glm');
    expectDone(made.aiteam(['overlaps', '--exit-code']));
    for (const agent of ['claude', 'glm']) made.write({ 'README.md': agent }, made.worktree(agent));
    expectDone(made.aiteam(['overlaps', '--exit-code']), 3);
    expectDone(made.aiteam(['overlaps']));
    expect(JSON.parse(expectDone(made.aiteam(['overlaps', '--json'], { cwd: made.worktree('glm') })).stdout)).toMatchObject({
      version: 1, target: 'main', logged: null,
      overlaps: [{ path: 'README.md', level: 'content', verdict: 'conflict', lines: [1, 2], sides: [{ name: 'claude', commit: null, uncommitted: true }, { name: 'glm' }], advice: { kind: 'hand-over', text: expect.stringContaining('Handoff-To') } }],
    });
    expect(expectDone(made.aiteam(['overlaps', 'gml']), 1).stderr).toContain('did you mean glm?');
    expect(expectDone(scratch().aiteam(['overlaps']), 1).stderr).toContain('aiteam init');
  });

  it('--log: a block for each in conflicts.log, once, however often it is foreseen and however the work goes on', () => {
    const made = team('claude', 'glm');
    for (const agent of ['claude', 'glm']) made.write({ 'app.txt': appWith({ 5: agent }) }, made.worktree(agent));
    expect(expectDone(made.aiteam(['overlaps', '--log'])).stdout).toContain('1 new block in .ai-coordinator/conflicts.log');
    made.write({ 'app.txt': appWith({ 5: 'glm, more' }) }, made.worktree('glm'));
    expect(JSON.parse(expectDone(made.aiteam(['overlaps', '--log', '--json'])).stdout)).toMatchObject({ logged: 0 });
    const log = made.read('.ai-coordinator/conflicts.log');
    expect(log.match(/^\[.*\] overlap [0-9a-f]{8}: predicted$/gm)).toHaveLength(1);
    expect(log).toContain('  path:       app.txt\n  lines:      5 of the base\n  claude:     uncommitted\n  glm:        uncommitted\n');
    expect(expectDone(made.aiteam(['log'])).stdout).toContain('claude and glm were foreseen to conflict in app.txt:5');
  });

  it('no name of a file or a branch can forge a line or reach the terminal', () => {
    const made = team('claude', 'glm');
    const name = 'x\n[2026-01-15 10:30] overlap ffffffff: predicted\u001b[2J\u202e.txt';
    for (const agent of ['claude', 'glm']) made.write({ [name]: agent }, made.worktree(agent));
    made.git(['switch', '-q', '-c', 'e\u202evil'], { cwd: made.worktree('glm') });
    made.git(['branch', '-f', 'feature/glm'], { cwd: made.worktree('glm') });
    made.git(['switch', '-q', 'feature/glm'], { cwd: made.worktree('glm') });
    const outputs = [expectDone(made.aiteam(['overlaps', '--log'])).stdout, expectDone(made.aiteam(['overlaps', '--json'])).stdout, made.read(join('.ai-coordinator', 'conflicts.log')), expectDone(made.aiteam(['log'])).stdout];
    for (const text of outputs) {
      expect(text).toContain('overlap ffffffff');
      expect(text).not.toMatch(/[\u001b\u202e]|^\[2026-01-15/m);
    }
  });
});
