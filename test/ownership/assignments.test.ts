import { expect, it } from 'vitest';
import { refreshViews } from '../../src/operations/refresh-views.ts';
import { openWorkspace } from '../../src/operations/open-workspace.ts';
import { settle } from '../../src/operations/settle.ts';
import { hooked, type Hooked } from '../support/agents.ts';
import { contextOf, landed } from '../support/ownership.ts';

/** The files that assignments.json gives glm after the next command. */
async function files(made: Hooked): Promise<string[]> {
  await refreshViews(await settle(await openWorkspace(contextOf(made))));
  const { assignments } = JSON.parse(made.read('.ai-coordinator/assignments.json')) as { assignments: { agent: string; files: string[] }[] };
  return assignments.find(({ agent }) => agent === 'glm')?.files ?? [];
}

it('assignments.json follows every commit, amend, rebase, reset and landing of an agent', async () => {
  const made = await hooked(['claude', 'glm']);
  const cwd = made.worktree('glm');
  const git = (...args: string[]): string => made.git(args, { cwd, env: { GIT_SEQUENCE_EDITOR: 'sed -i 2d' } });
  const commit = (path: string, ...args: string[]): void => {
    made.write({ [path]: `${path}\n` }, cwd);
    git('add', path);
    git('commit', '-q', ...(args.length > 0 ? args : ['-m', path]));
  };
  commit('a.txt');
  expect(await files(made)).toEqual(['a.txt']);
  commit('b.txt', '--amend', '--no-edit');
  expect(await files(made)).toEqual(['a.txt', 'b.txt']);
  git('rm', '-q', 'a.txt');
  git('commit', '-q', '--amend', '--no-edit');
  expect(await files(made)).toEqual(['b.txt']);
  commit('c.txt');
  expect(await files(made)).toEqual(['b.txt', 'c.txt']);
  git('rebase', '-q', '-i', 'main');
  expect(await files(made)).toEqual(['b.txt']);
  // Seen to fail where a list counts as made as long as the tip is the one that it was made from.
  commit('d.txt');
  git('reset', '-q', '--hard', 'HEAD~1');
  expect(await files(made)).toEqual(['b.txt']);
  git('mv', 'b.txt', 'moved.txt');
  git('commit', '-qm', 'moved');
  expect(await files(made)).toEqual(['moved.txt']);
  git('revert', '--no-edit', 'HEAD');
  expect(await files(made)).toEqual(['b.txt']);
  await landed(made, ['glm'], { strategy: 'squash' });
  expect(await files(made)).toEqual([]);
  commit('e.txt');
  expect(await files(made)).toEqual(['e.txt']);
  git('reset', '-q', '--hard', 'main');
  expect(await files(made)).toEqual([]);
  made.git(['reset', '-q', '--hard', 'HEAD~1']);
  git('checkout', '-q', '--detach');
  git('branch', '-q', '-D', 'feature/glm');
  expect(await files(made)).toEqual([]);
});
