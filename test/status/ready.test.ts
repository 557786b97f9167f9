import { describe, expect, it } from 'vitest';
import { expectDone, team } from '../support/scratch.ts';

describe('aiteam ready', () => {
  it('marks the agent whose worktree this is, says what is not committed, and is taken back', () => {
    const made = team('claude', 'glm');
    const cwd = made.worktree('glm');
    made.commit({ 'a.txt': 'a\n' }, 'one', cwd);
    made.write({ 'b.txt': 'b\n' }, cwd);
    expect(expectDone(made.aiteam(['ready'], { cwd })).stdout).toMatch(/^glm is ready: 1 commit on feature\/glm up to [0-9a-f]{8}\nnote: 1 uncommitted file in its worktree is not part of it\nnext: aiteam integrate\n$/);
    expect(expectDone(made.aiteam(['ready', 'glm'])).stdout).toMatch(/^glm is already ready/);
    made.commit({ 'c.txt': 'c\n' }, 'two', made.worktree('claude'));
    // With somebody ready, those who are not stay out.
    expect(expectDone(made.aiteam(['integrate', '--dry-run'])).stdout).toMatch(/claude.*\n?.*not/);
    expect(expectDone(made.aiteam(['ready', '--undo'], { cwd })).stdout).toBe('glm is not ready any more\n');
    expect(JSON.parse(expectDone(made.aiteam(['ready', 'glm', '--undo', '--json'])).stdout)).toMatchObject({ version: 1, agent: 'glm', ready: false, changed: false });
  });

  it('is what a commit says that hands over to main, until that is taken back', () => {
    const made = team('glm');
    made.commit({ 'a.txt': 'a\n' }, 'one\n\nHandoff-To: main', made.worktree('glm'));
    const line = (): string => expectDone(made.aiteam(['status'])).stdout.split('\n').find((text) => text.startsWith('glm')) ?? '';
    expect(line()).toMatch(/ready$/);
    expectDone(made.aiteam(['ready', 'glm', '--undo']));
    expect(line()).not.toMatch(/ready/);
  });

  it('refuses what cannot land: nothing ahead, another branch, no such agent, no agent named', () => {
    const made = team('glm');
    const refused = (args: readonly string[], code: number, words: RegExp): void => {
      const { stderr } = expectDone(made.aiteam(['ready', ...args]), code);
      expect(stderr).toMatch(words);
    };
    refused(['glm'], 1, /^error: glm has nothing that main lacks\nhint: /);
    refused([], 2, /^error: this is no agent's worktree: say which agent is ready\nhint: aiteam ready glm/);
    refused(['claude'], 1, /^error: there is no agent claude here/);
    refused(['../x'], 2, /^error: /);
    made.commit({ 'a.txt': 'a\n' }, 'one', made.worktree('glm'));
    made.git(['switch', '-q', '-c', 'side'], { cwd: made.worktree('glm') });
    refused(['glm'], 1, /^error: glm's worktree is on side/);
    made.git(['switch', '-q', '--detach'], { cwd: made.worktree('glm') });
    refused(['glm'], 1, /^error: glm's worktree is detached/);
  });
});
