import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

const AGENTS = ['a1', 'a2', 'a3', 'a4'];

interface Result {
  readonly landed: { agent: string; tip: string; commit: string }[];
  readonly leftOut: { agent: string; reason: string }[];
}

const integrate = (made: Scratch, args: string[], code = 0): Result => JSON.parse(expectDone(made.aiteam(['integrate', '--json', ...args]), code).stdout) as Result;
const work = (made: Scratch, agent: string, files: Record<string, string>): string => made.commit(files, `${agent} works`, made.worktree(agent));

/** The tree that git merge makes of these tips, one after another, on a commit. */
function mergedByGit(made: Scratch, onto: string, tips: readonly string[]): string {
  made.git(['switch', '-q', '--detach', onto]);
  for (const tip of tips) made.git(['merge', '-q', '--no-ff', '--no-edit', tip]);
  const tree = made.git(['rev-parse', 'HEAD^{tree}']);
  made.git(['switch', '-q', 'main']);
  return tree;
}

describe('branches that touch paths of their own land in a handful of processes', () => {
  it('with git\'s own tree at every step, a merge commit each, whatever the paths are called', () => {
    const made = team(...AGENTS);
    const before = made.git(['rev-parse', 'main']);
    const tips = [
      work(made, 'a1', { 'README.md': 'a1\n', 'new/deep/file': 'x\n' }),
      work(made, 'a2', { 'quote"s and \\ and spaces': 'x\n', 'line\nbreak': 'y\n' }),
      work(made, 'a3', { 'app.txt': 'short\n', 'new/other': 'z\n' }),
      work(made, 'a4', { 'ümlaut/–': 'x\n' }),
    ];
    const { landed } = integrate(made, AGENTS);
    expect(landed.map(({ agent }) => agent)).toEqual(AGENTS);
    landed.forEach(({ commit }, index) => {
      expect(made.git(['show', '-s', '--format=%P|%an|%ce', commit])).toBe(`${landed[index - 1]?.commit ?? before} ${tips[index]}|Human|human@example.org`);
      expect(made.git(['rev-parse', `${commit}^{tree}`])).toBe(mergedByGit(made, before, tips.slice(0, index + 1)));
    });
    expect(made.git(['log', '-1', '--format=%B', 'main'])).toBe('Merge branch \'feature/a4\' into main\n\n1 commit by a4.\n');
    expect(made.git(['status', '--porcelain', '-uno'])).toBe('');
  });

  it('one that meets an earlier one is merged as ever: its conflict is found, the others land', () => {
    const made = team(...AGENTS);
    AGENTS.forEach((agent) => work(made, agent, { [`${agent}.txt`]: 'x\n' }));
    work(made, 'a4', { 'a1.txt': 'other\n' });
    expect(integrate(made, AGENTS, 3)).toMatchObject({ landed: [{ agent: 'a1' }, { agent: 'a2' }, { agent: 'a3' }], leftOut: [{ agent: 'a4', reason: 'conflict' }] });
  });

  // Without deriving each commit's tree again, a3 lands with d/3 where git merge stops on a renamed folder: seen by leaving it out.
  it('a folder that counts as renamed only once an earlier branch has landed: the verdict is git\'s all the same', () => {
    const made = team();
    made.commit({ 'd/1': 'one\n1\n2\n3\n', 'd/2': 'two\n1\n2\n3\n' }, 'folder');
    expectDone(made.aiteam(['worktree', 'add', 'a3', 'a2']));
    made.git(['rm', '-q', '-r', 'd']);
    made.git(['commit', '-q', '-m', 'folder gone']);
    expectDone(made.aiteam(['worktree', 'add', 'a1']));
    const tips = [
      work(made, 'a1', { 'e/1': 'one\n1\n2\n3\n', 'e/2': 'two\n1\n2\n3\n' }),
      work(made, 'a2', { 'free.txt': 'x\n' }),
      work(made, 'a3', { 'd/3': 'three\n' }),
    ];
    made.git(['switch', '-q', '--detach', 'main']);
    for (const tip of tips.slice(0, 2)) made.git(['merge', '-q', '--no-ff', '--no-edit', tip]);
    const gitStops = made.tryGit(['merge', '--no-ff', '--no-edit', tips[2] ?? '']).code !== 0;
    made.git(['reset', '-q', '--hard']);
    made.git(['switch', '-q', 'main']);
    expect(gitStops).toBe(true);
    expect(integrate(made, ['a1', 'a2', 'a3'], 3)).toMatchObject({ landed: [{ agent: 'a1' }, { agent: 'a2' }], leftOut: [{ agent: 'a3', reason: 'conflict' }] });
  });
});
