import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Failpoint } from '../../src/process/failpoint.ts';
import { expectSettled, failAt, holdRefreshes, withKinds } from '../support/failpoints.ts';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

const ADD: readonly Failpoint[] = ['add-intent-written', 'worktree-made', 'marker-written', 'add-recorded', 'journal-append'];
const REMOVE: readonly Failpoint[] = [
  'removal-listed', 'removal-pinned', 'removal-intent-written', 'folder-aside', 'ignored-kept', 'worktree-forgotten', 'branch-deleted', 'journal-append', 'removal-recorded', 'aside-deleted',
];

const names = (made: Scratch): string[] => expectDone(made.aiteam(['ls', '--names'])).stdout.split('\n').filter((name) => name !== '');

// Seen to fail without recoverWorktrees: the next add is refused by the branch that is there already.
describe('worktree add ended', () => {
  it.each(withKinds(ADD))('at %s, by %s: made whole or cleared away, and added again', (point, kinds) => {
    const made = team();
    holdRefreshes(made);
    for (const kind of kinds) {
      const label = `${point}:${kind}`;
      const agent = `glm-${kind}`;
      failAt(made, point, kind, ['add', agent, '--task', 'parse']);
      const there = names(made).includes(agent);
      expect([label, existsSync(made.worktree(agent)), made.git(['branch', '--list', `feature/${agent}`]) !== '']).toEqual([label, there, there]);
      expectDone(made.aiteam(['add', agent, '--task', 'parse']));
      expect([label, made.git(['status', '--porcelain', '--branch'], { cwd: made.worktree(agent) })]).toEqual([label, `## feature/${agent}`]);
      // Its hooks know whose it is.
      const commit = made.commit({ [`${agent}.txt`]: 'x\n' }, 'works', made.worktree(agent));
      expect([label, readFileSync(join(made.repo, '.git/aiteam/journal', `hook-${agent}.log`), 'utf8').includes(commit)]).toEqual([label, true]);
      expect(JSON.parse(expectDone(made.aiteam(['ls', '--json'])).stdout)).toMatchObject({ worktrees: expect.arrayContaining([expect.objectContaining({ agent, task: 'parse', state: 'on-branch' })]) });
      expectSettled(made, label);
    }
  });
});

// Seen to fail with the pin after the folder's removal.
describe('worktree remove ended', () => {
  it.each(withKinds(REMOVE))('at %s, by %s: not begun or gone through with, and nothing lost', (point, kinds) => {
    const agents = kinds.map((kind) => `glm-${kind}`);
    const made = team(...agents);
    holdRefreshes(made);
    made.commit({ '.gitignore': '*.db\n' }, 'ignore');
    for (const kind of kinds) {
      const label = `${point}:${kind}`;
      const agent = `glm-${kind}`;
      const worktree = made.worktree(agent);
      const tip = made.commit({ '.gitignore': '*.db\n', [`${agent}.txt`]: 'x\n' }, 'works', worktree);
      made.write({ 'my.db': 'rows\n', 'unsaved.txt': 'unsaved\n' }, worktree);
      const remove = ['rm', agent, '-f', '-D'];
      failAt(made, point, kind, remove);
      const there = names(made).includes(agent);
      expect([label, existsSync(worktree)]).toEqual([label, there]);
      if (there) {
        expect([label, made.read('my.db', worktree) + made.read('unsaved.txt', worktree)]).toEqual([label, 'rows\nunsaved\n']);
        expectDone(made.aiteam(remove));
      }
      expect([label, existsSync(worktree), made.git(['worktree', 'list']).includes(agent), made.git(['branch', '--list', `feature/${agent}`])]).toEqual([label, false, false, '']);
      expect([label, made.git(['for-each-ref', '--contains', tip, '--format=%(refname)', 'refs/aiteam/trash'])]).not.toEqual([label, '']);
      const { entries } = JSON.parse(expectDone(made.aiteam(['trash', 'list', '--json'])).stdout) as { entries: { id: string; agent: string; files: { path: string }[] }[] };
      const entry = entries.findLast((one) => one.agent === agent);
      expect([label, made.read(join('.git/aiteam/trash', entry?.id ?? '', 'files/my.db'))]).toEqual([label, 'rows\n']);
      expect([label, made.git(['show', `refs/aiteam/trash/${entry?.id ?? ''}/unsaved:unsaved.txt`])]).toEqual([label, 'unsaved']);
      expectSettled(made, label);
    }
  });
});
