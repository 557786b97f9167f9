import { describe, expect, it } from 'vitest';
import { gatedTeam } from '../support/gates.ts';
import { expectDone, scratch, team, type Scratch } from '../support/scratch.ts';

interface Undone {
  readonly undoes: string;
  readonly how: string;
  readonly because: string | null;
  readonly moved: { readonly id: string } | null;
  readonly held: readonly string[];
}

const json = (stdout: string): Undone => JSON.parse(stdout) as Undone;
const undo = (made: Scratch, ...args: string[]): Undone => json(expectDone(made.aiteam(['undo', '--json', ...args])).stdout);
const integrate = (made: Scratch, ...args: string[]): { landing: { id: string } | null; landed: { agent: string }[]; notTried: { agent: string; reason: string }[] } =>
  JSON.parse(expectDone(made.aiteam(['integrate', '--json', ...args])).stdout) as never;
const head = (made: Scratch): string => made.git(['rev-parse', 'main']);
const files = (made: Scratch): string => made.git(['ls-tree', '--name-only', '-r', 'main']).split('\n').filter((name) => !['README.md', 'app.txt'].includes(name)).join(' ');

/** claude and glm, each with a commit that adds a file of its own. */
function working(...agents: string[]): Scratch {
  const made = team(...agents);
  for (const agent of agents) made.commit({ [`${agent}.txt`]: `${agent}\n` }, `${agent} works`, made.worktree(agent));
  return made;
}

describe('undo of the newest landing', () => {
  it('moves main and its checkout back; an undo of the undo brings it back', () => {
    const made = working('glm');
    const old = head(made);
    const { landing } = integrate(made);
    const landed = head(made);
    const undone = undo(made);
    expect(undone).toMatchObject({ undoes: landing?.id, how: 'moved-back' });
    expect([head(made), files(made), made.git(['status', '--porcelain', '-uno'])]).toEqual([old, '', '']);
    expect(made.git(['rev-parse', `refs/aiteam/undone/${landing?.id ?? ''}`])).toBe(landed);
    expect(undo(made, undone.moved?.id ?? '')).toMatchObject({ how: 'moved-back' });
    expect([head(made), files(made), made.git(['status', '--porcelain', '-uno'])]).toEqual([landed, 'glm.txt', '']);
    expect(integrate(made).notTried).toMatchObject([{ agent: 'glm', reason: 'nothing-to-land' }]);
  });

  // Seen to land again at once when the run did not know of the undo.
  it('the branch stays out of the next run until it is named, ready, or has a new commit; then its whole work lands', () => {
    const made = working('claude', 'glm');
    integrate(made, 'glm');
    undo(made);
    const next = integrate(made);
    expect([next.landed.map(({ agent }) => agent), next.notTried]).toMatchObject([['claude'], [{ agent: 'glm', reason: 'undone' }]]);
    made.commit({ 'more.txt': 'm\n' }, 'more', made.worktree('glm'));
    integrate(made);
    expect(files(made)).toBe('claude.txt glm.txt more.txt');
  });

  it('twice goes back twice', () => {
    const made = working('claude', 'glm');
    const old = head(made);
    integrate(made, 'claude');
    integrate(made, 'glm');
    undo(made);
    undo(made);
    expect(head(made)).toBe(old);
    expect(made.aiteam(['undo']).stderr).toContain('everything that landed on main is undone');
  });

  it('that a remote-tracking branch holds is taken back by a commit: what was pushed is not rewritten', () => {
    const made = working('glm');
    made.git(['init', '-q', '--bare', `${made.folder}/origin.git`]);
    made.git(['remote', 'add', 'origin', `${made.folder}/origin.git`]);
    integrate(made);
    made.git(['push', '-q', 'origin', 'main']);
    const pushed = head(made);
    expect(undo(made)).toMatchObject({ how: 'reverted', because: 'pushed' });
    expect(made.git(['rev-parse', 'main^'])).toBe(pushed);
    expect(files(made)).toBe('');
  });

  it('a path that the user has changed in the checkout: refused, nothing moves', () => {
    const made = working('glm');
    integrate(made);
    made.write({ 'glm.txt': 'mine\n' });
    const before = head(made);
    const refused = made.aiteam(['undo']);
    expect([refused.code, refused.stderr.includes('glm.txt')]).toEqual([1, true]);
    expect([head(made), made.read('glm.txt')]).toEqual([before, 'mine\n']);
  });

  it('a dry run says what would be done, and does nothing', () => {
    const made = working('glm');
    integrate(made);
    const before = head(made);
    expect(expectDone(made.aiteam(['undo', '--dry-run'])).stdout).toContain('would undo');
    expect(head(made)).toBe(before);
  });

  it.each(['squash', 'rebase', 'ff'])('landed by %s: moved back, and its next landing brings the whole work', (strategy) => {
    const made = working('glm');
    integrate(made, '--strategy', strategy);
    undo(made);
    expect(files(made)).toBe('');
    made.commit({ 'more.txt': 'm\n' }, 'more', made.worktree('glm'));
    integrate(made, '--strategy', strategy);
    expect(files(made)).toBe('glm.txt more.txt');
  });
});

describe('undo of an older landing', () => {
  // A plain merge after a revert brings only the new commit: seen when the merge counted from the branch's own history.
  it.each(['merge', 'squash', 'rebase'])('landed by %s: a commit takes it back, later landings stay, and its next landing brings the whole work', (strategy) => {
    const made = working('claude', 'glm');
    const { landing } = integrate(made, 'glm', '--strategy', strategy);
    integrate(made, 'claude', '--strategy', strategy);
    expect(undo(made, landing?.id ?? '')).toMatchObject({ how: 'reverted', because: 'later-work' });
    expect(files(made)).toBe('claude.txt');
    expect(made.git(['status', '--porcelain', '-uno'])).toBe('');
    made.commit({ 'more.txt': 'm\n' }, 'more', made.worktree('glm'));
    integrate(made, '--strategy', strategy);
    expect(files(made)).toBe('claude.txt glm.txt more.txt');
    expect(integrate(made).landed).toEqual([]);
  });

  it('the undo of that brings it back', () => {
    const made = working('claude', 'glm');
    const { landing } = integrate(made, 'glm');
    integrate(made, 'claude');
    const { moved } = undo(made, landing?.id ?? '');
    undo(made, moved?.id ?? '');
    expect(files(made)).toBe('claude.txt glm.txt');
    expect(integrate(made).landed).toEqual([]);
  });

  it('that later work builds on: refused, and the landing is named', () => {
    const made = team('claude', 'glm');
    made.commit({ 'app.txt': 'glm\n' }, 'glm works', made.worktree('glm'));
    const { landing: first } = integrate(made, 'glm');
    made.git(['merge', '-q', 'main'], { cwd: made.worktree('claude') });
    made.commit({ 'app.txt': 'glm and claude\n' }, 'claude works', made.worktree('claude'));
    const { landing: second } = integrate(made, 'claude');
    const before = head(made);
    const refused = made.aiteam(['undo', first?.id ?? '']);
    expect([refused.code, refused.stderr.includes(second?.id ?? '?'), refused.stderr.includes('app.txt')]).toEqual([1, true, true]);
    expect(head(made)).toBe(before);
  });

  it('whose taking back breaks a gate: not undone, the gate is named', () => {
    const made = gatedTeam(['claude', 'glm'], ['{name: test, run: "test ! -e needs || test -e needed"}']);
    made.commit({ needed: 'x\n' }, 'glm works', made.worktree('glm'));
    const { landing } = integrate(made, 'glm');
    made.commit({ needs: 'x\n' }, 'claude works', made.worktree('claude'));
    integrate(made, 'claude');
    const before = head(made);
    const red = made.aiteam(['undo', landing?.id ?? '']);
    expect([red.code, red.stdout.includes('not undone'), red.stdout.includes('gate failed')]).toEqual([3, true, true]);
    expect(head(made)).toBe(before);
  });
});

describe('branches that build on a landing that was undone', () => {
  it('moved back: they are named and held, until they are landed all the same', () => {
    const made = working('claude', 'glm');
    integrate(made, 'glm');
    made.git(['merge', '-q', '--no-edit', 'main'], { cwd: made.worktree('claude') });
    expect(undo(made).held).toEqual(['claude']);
    expect(integrate(made, 'claude').notTried).toMatchObject([{ agent: 'claude', reason: 'on-undone' }]);
    integrate(made, 'claude', '--with-undone');
    expect(files(made)).toBe('claude.txt glm.txt');
  });

  it('taken back by a commit: they are held until they have that commit', () => {
    const made = working('claude', 'glm', 'deepseek');
    const { landing } = integrate(made, 'glm');
    made.git(['merge', '-q', '--no-edit', 'main'], { cwd: made.worktree('claude') });
    integrate(made, 'deepseek');
    expect(undo(made, landing?.id ?? '').held).toEqual(['claude']);
    expect(integrate(made).notTried).toContainEqual(expect.objectContaining({ agent: 'claude', reason: 'on-undone' }));
    made.git(['merge', '-q', '--no-edit', 'main'], { cwd: made.worktree('claude') });
    integrate(made, 'claude');
    expect(files(made)).toBe('claude.txt deepseek.txt');
  });
});

describe('a branch that was brought up to date with its own landing, which was undone', () => {
  it('is not held for it, and lands again by name', () => {
    const made = working('glm');
    integrate(made);
    expectDone(made.aiteam(['sync']));
    expect(undo(made).held).toEqual([]);
    expect(expectDone(made.aiteam(['status'])).stdout).toContain('was undone');
    expect(integrate(made).notTried).toMatchObject([{ agent: 'glm', reason: 'undone' }]);
    integrate(made, 'glm');
    expect(files(made)).toBe('glm.txt');
  });
});

describe('what cannot be undone', () => {
  it('nothing landed, an unknown id, an undone one, no set-up: each says what to do', () => {
    const made = working('glm');
    expect(made.aiteam(['undo']).stderr).toContain('nothing has landed');
    const { landing } = integrate(made);
    expect(made.aiteam(['undo', 'Lnone']).stderr).toContain('there is no landing or undo "Lnone"');
    undo(made);
    const again = made.aiteam(['undo', landing?.id ?? '']);
    expect([again.code, again.stderr.includes('undone already')]).toEqual([1, true]);
    expect(scratch().aiteam(['undo']).stderr).toContain('aiteam init');
  });

  it('main was set back by hand: the branch is unlanded again, and nothing is lost', () => {
    const made = working('glm');
    const { landing } = integrate(made, '--strategy', 'squash');
    made.git(['reset', '-q', '--hard', 'HEAD^']);
    expect(made.aiteam(['undo', landing?.id ?? '']).stderr).toContain('does not hold');
    expect(integrate(made).landed).toMatchObject([{ agent: 'glm' }]);
    expect(files(made)).toBe('glm.txt');
  });

  it('from an agent\'s worktree it needs leave', () => {
    const made = working('glm');
    integrate(made);
    expect(made.aiteam(['undo'], { cwd: made.worktree('glm') }).stderr).toContain('may not undo');
  });
});
