import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

const LINES = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`);
/** app.txt with other text in some lines. */
const withLines = (changed: Record<number, string>): string => LINES.map((line, index) => (changed[index + 1] === undefined ? line : `${changed[index + 1]}\n`)).join('');

const work = (made: Scratch, agent: string, changed: Record<number, string>): string => made.commit({ 'app.txt': withLines(changed) }, `${agent} works`, made.worktree(agent));
const integrate = (made: Scratch, args: string[], code = 0): string => expectDone(made.aiteam(['integrate', ...args]), code).stdout;
const openIds = (made: Scratch): string[] => (JSON.parse(expectDone(made.aiteam(['conflicts', '--json'])).stdout) as { conflicts: { id: string }[] }).conflicts.map(({ id }) => id);
const resolve = (made: Scratch): string => expectDone(made.aiteam(['conflicts', 'resolve', openIds(made)[0] ?? ''])).stdout;
/** Without the mutexes: a refresh in the background may hold one. */
const refsOf = (made: Scratch): string[] => made.git(['for-each-ref', '--format=%(refname)']).split('\n').filter((ref) => !ref.startsWith('refs/aiteam/lock/'));
const app = (made: Scratch, agent: string): string => made.read('app.txt', made.worktree(agent));

/** Puts `text` in place of the only conflict of the agent's app.txt, commits, and gives the parents of what was committed. */
function settle(made: Scratch, agent: string, text: string): string {
  const marked = app(made, agent);
  expect(marked.match(/^<{7} /gm)).toHaveLength(1);
  made.write({ 'app.txt': marked.replace(/<{7} [\s\S]*>{7} .*\n/, text) }, made.worktree(agent));
  made.git(['commit', '-q', '-a', '--no-edit'], { cwd: made.worktree(agent) });
  return made.git(['log', '-1', '--format=%P'], { cwd: made.worktree(agent) });
}

describe.each(['squash', 'rebase'])('resolve after a %s landing of an earlier tip', (strategy) => {
  /** glm's lines 5 and 12 have landed, claude has changed line 12 since, and then glm did. */
  function met(): { made: Scratch; tip: string } {
    const made = team('claude', 'glm');
    made.commit({ 'before.txt': 'b\n' }, 'so that a rebase makes commits anew');
    work(made, 'glm', { 5: 'glm', 12: 'glm' });
    integrate(made, ['glm', '--strategy', strategy]);
    made.git(['merge', '-q', '--ff-only', 'main'], { cwd: made.worktree('claude') });
    work(made, 'claude', { 5: 'glm', 12: 'claude' });
    integrate(made, ['claude', '--strategy', strategy]);
    const tip = work(made, 'glm', { 5: 'glm again', 12: 'glm again' });
    integrate(made, ['glm', '--strategy', strategy], 3);
    return { made, tip };
  }

  // Seen to fail with a plain `git merge main`: line 5, which nobody but glm has changed, is a conflict too.
  it('stops where integrate does, and nowhere else; committed, it lands without a conflict', () => {
    const { made, tip } = met();
    expect(openIds(made)).toHaveLength(1);
    const onto = made.git(['rev-parse', 'main']);
    resolve(made);
    expect(app(made, 'glm')).toContain('<<<<<<< glm\nglm again\n');
    expect(app(made, 'glm')).toContain('\nglm\n=======\nclaude\n>>>>>>> main\n');
    expect(settle(made, 'glm', 'both\n')).toBe(`${tip} ${onto}`);
    expect(made.git(['log', '-1', '--format=%s', 'feature/glm'])).toBe("Merge branch 'main' into feature/glm");
    // Seen to fail where the landed tip counted although the branch has merged what landed of it.
    integrate(made, ['glm', '--strategy', strategy]);
    expect(made.git(['show', 'main:app.txt'])).toBe(withLines({ 5: 'glm again', 12: 'both' }).trimEnd());
    expect(openIds(made)).toEqual([]);
    work(made, 'glm', { 5: 'glm again', 12: 'both', 19: 'glm' });
    integrate(made, ['glm', '--strategy', strategy]);
    expect(made.git(['show', 'main:app.txt'])).toBe(withLines({ 5: 'glm again', 12: 'both', 19: 'glm' }).trimEnd());
  });

  it('given up, everything is as it was, and no ref of ours is left, not even one of a killed run', () => {
    const { made, tip } = met();
    const refs = refsOf(made);
    made.git(['update-ref', `refs/aiteam/as-if/glm/${made.git(['rev-parse', 'main~1'])}`, 'feature/glm']);
    resolve(made);
    expect(refsOf(made)).toEqual(refs);
    made.git(['merge', '--abort'], { cwd: made.worktree('glm') });
    expect(made.git(['rev-parse', 'HEAD'], { cwd: made.worktree('glm') })).toBe(tip);
    expect(made.git(['status', '--porcelain', '-uno'], { cwd: made.worktree('glm') })).toBe('');
    expect(openIds(made)).toHaveLength(1);
  });
});

describe('resolve where a landing was taken back', () => {
  // Seen to fail with a plain `git merge main`, which takes line 5 out of the branch as the revert did on main.
  it.each(['merge', 'squash'])('landed by %s: the whole work comes back, with the conflict settled', (strategy) => {
    const made = team('claude', 'glm');
    work(made, 'glm', { 5: 'glm', 12: 'glm' });
    const [landing = ''] = /L[0-9a-f]{8}/.exec(integrate(made, ['glm', '--strategy', strategy])) ?? [];
    made.commit({ 'after.txt': 'a\n' }, 'by hand');
    expectDone(made.aiteam(['undo', landing]));
    work(made, 'claude', { 12: 'claude' });
    integrate(made, ['claude']);
    const tip = made.git(['rev-parse', 'feature/glm']);
    integrate(made, ['glm'], 3);
    const onto = made.git(['rev-parse', 'main']);
    resolve(made);
    expect(app(made, 'glm')).toContain('line 4\nglm\nline 6\n');
    expect(settle(made, 'glm', 'both\n')).toBe(`${tip} ${onto}`);
    integrate(made, ['glm', '--strategy', strategy]);
    expect(made.git(['show', 'main:app.txt'])).toBe(withLines({ 5: 'glm', 12: 'both' }).trimEnd());
    expect(made.git(['show', 'main:after.txt'])).toBe('a');
    expect(integrate(made, [])).toContain('nothing to land');
  });
});

describe('markers that were committed', () => {
  // Seen to land them when nobody looked.
  it('the branch stays out with path and line until they are settled; a document that shows some lands', () => {
    const made = team('claude', 'glm');
    work(made, 'claude', { 5: 'claude' });
    work(made, 'glm', { 5: 'glm' });
    integrate(made, ['claude', 'glm'], 3);
    resolve(made);
    const shown = `how it looks:\n${app(made, 'glm').split('\n').slice(4, 11).join('\n')}\n`;
    made.git(['commit', '-q', '-a', '--no-edit'], { cwd: made.worktree('glm') });
    const { leftOut } = JSON.parse(integrate(made, ['--json'], 3)) as { leftOut: unknown };
    expect(leftOut).toMatchObject([{ agent: 'glm', reason: 'unsettled-markers', places: [{ path: 'app.txt', line: 5 }, { path: 'app.txt', line: 11 }] }]);
    expect(integrate(made, ['--dry-run'], 3)).toContain('it has committed conflict markers\n    app.txt:5\n    app.txt:11\n');
    made.commit({ 'app.txt': withLines({ 5: 'both' }), 'doc.txt': shown }, 'settled, and told', made.worktree('glm'));
    integrate(made, []);
    expect(made.git(['show', 'main:doc.txt'])).toContain('<<<<<<< glm\n');
  });

  it('what the target has at that place too is no news', () => {
    const made = team('claude', 'glm');
    const doc = (first: string, last: string): string => `${first}\n<<<<<<< glm\na\n=======\nb\n>>>>>>> main\n${last}\n`;
    made.commit({ 'doc.txt': doc('1', '2') }, 'a document');
    for (const agent of ['claude', 'glm']) {
      made.git(['merge', '-q', '--ff-only', 'main'], { cwd: made.worktree(agent) });
      made.commit({ 'doc.txt': doc(agent, '2') }, `${agent} works`, made.worktree(agent));
    }
    integrate(made, ['claude', 'glm'], 3);
    made.commit({ 'doc.txt': doc('1', 'glm') }, 'elsewhere', made.worktree('glm'));
    integrate(made, ['glm']);
    expect(made.git(['show', 'main:doc.txt'])).toBe(doc('claude', 'glm').trimEnd());
  });
});
