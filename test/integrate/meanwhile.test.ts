import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

interface Result {
  readonly landed: { agent: string }[];
  readonly leftOut: { agent: string; reason: string; paths?: string[] }[];
}

/** claude and glm have work to land, and the gate does this in the user's checkout: what a person may do while gates run. */
function whileTheGateRuns(deed: string): Scratch {
  const made = team('claude', 'glm');
  made.commit({ 'claude.txt': 'c\n', 'app.txt': 'claude\n', 'out.log': 'claude\n' }, 'claude works', made.worktree('claude'));
  made.commit({ 'glm.txt': 'g\n' }, 'glm works', made.worktree('glm'));
  writeFileSync(join(made.folder, 'deed'), `cd '${made.repo}' && ${deed}\n`);
  made.write({ '.aiteam.yaml': `${made.read('.aiteam.yaml')}\ngates:\n  - {name: test, run: "sh '${made.folder}/deed'"}\n` });
  made.commit({}, 'gate');
  expectDone(made.aiteam(['trust', '--yes']));
  return made;
}

const integrate = (made: Scratch, code: number): Result => JSON.parse(expectDone(made.aiteam(['integrate', '--json', 'claude', 'glm']), code).stdout) as Result;

// Each was seen to fail when the checkout was looked at before the gates only.
describe('what a person does in the checkout while the gates run', () => {
  it('going to another branch: main moves, that branch and its files do not', () => {
    const made = whileTheGateRuns('git switch -q -c mine');
    expect(integrate(made, 0).landed).toHaveLength(2);
    expect(made.git(['status', '--porcelain', '-b', '-uno'])).toBe('## mine');
    expect(existsSync(join(made.repo, 'claude.txt'))).toBe(false);
    expect(made.git(['show', 'main:claude.txt'])).toBe('c');
  });

  it('coming to main: the checkout moves along', () => {
    const made = whileTheGateRuns('git switch -q main');
    made.git(['switch', '-q', '-c', 'mine']);
    expect(integrate(made, 0).landed).toHaveLength(2);
    expect(made.git(['status', '--porcelain', '-b', '-uno'])).toBe('## main');
    expect(made.read('claude.txt')).toBe('c\n');
  });

  it('editing a file that a branch touches: that branch stays out with the path, the other lands', () => {
    const made = whileTheGateRuns('echo mine >> README.md; echo mine >> app.txt');
    expect(integrate(made, 3)).toMatchObject({ landed: [{ agent: 'glm' }], leftOut: [{ agent: 'claude', reason: 'in-the-way', paths: ['app.txt'] }] });
    expect(made.read('app.txt')).toContain('mine\n');
    expect(made.read('glm.txt')).toBe('g\n');
  });

  it('making an ignored file that a branch adds: it is not overwritten', () => {
    const made = whileTheGateRuns('echo precious > out.log');
    writeFileSync(join(made.repo, '.git', 'info', 'exclude'), `${made.read('.git/info/exclude')}\n*.log\n`);
    expect(integrate(made, 3)).toMatchObject({ landed: [{ agent: 'glm' }], leftOut: [{ agent: 'claude', reason: 'in-the-way', paths: ['out.log'] }] });
    expect(made.read('out.log')).toBe('precious\n');
  });

  it('committing to main: planned again on top of it', () => {
    const made = whileTheGateRuns('git commit -q --allow-empty -m "by hand"');
    expect(integrate(made, 0).landed).toHaveLength(2);
    expect(made.git(['log', '--format=%s', 'main'])).toContain('by hand');
  });
});
