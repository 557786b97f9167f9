import { existsSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectDone, scratch, team, type Finished } from '../support/scratch.ts';

const listOf = (finished: Finished): { worktrees: Record<string, unknown>[]; others: Record<string, unknown>[] } =>
  JSON.parse(expectDone(finished).stdout) as { worktrees: Record<string, unknown>[]; others: Record<string, unknown>[] };

describe('a worktree that was moved by hand', () => {
  it('beside its old place is found and connected again: git, journal and the link to the views', () => {
    const made = team('glm', 'claude');
    const there = made.worktree('moved');
    renameSync(made.worktree('glm'), there);
    expect(listOf(made.aiteam(['ls', '--json'])).worktrees.map((row) => row['state'])).toEqual(['on-branch', 'missing']);
    expect(expectDone(made.aiteam(['add', 'glm']), 1).stderr).toContain('aiteam worktree repair');
    expect(expectDone(made.aiteam(['worktree', 'prune'])).stdout).toContain('it was moved to');
    const { stdout } = expectDone(made.aiteam(['worktree', 'repair', '--json']));
    expect(JSON.parse(stdout)).toMatchObject({ moved: [{ agent: 'glm', from: made.worktree('glm'), to: there }], missing: [], whole: ['claude', 'glm'] });
    expect(made.aiteam(['worktree', 'path', 'glm']).stdout).toBe(`${there}\n`);
    expect(made.git(['status', '--porcelain', '--branch'], { cwd: there })).toBe('## feature/glm');
  });

  it('somewhere else is connected again where its place is named', () => {
    const made = team('glm');
    const there = join(made.folder, 'a/b/glm');
    mkdirSync(join(made.folder, 'a/b'), { recursive: true });
    renameSync(made.worktree('glm'), there);
    expect(expectDone(made.aiteam(['worktree', 'repair']), 3).stdout).toContain('missing glm');
    expectDone(made.aiteam(['worktree', 'repair', there]));
    expect(readlinkSync(join(there, '.ai-coordinator'))).toBe('../../../repo/.ai-coordinator');
    expectDone(made.aiteam(['rm', 'glm']));
  });

  it('with git worktree move is connected again too', () => {
    const made = team('glm');
    made.git(['worktree', 'move', made.worktree('glm'), made.worktree('other')]);
    expectDone(made.aiteam(['worktree', 'repair']));
    expect(made.aiteam(['worktree', 'path', 'glm']).stdout).toBe(`${made.worktree('other')}\n`);
  });
});

describe('a worktree that was deleted by hand', () => {
  it('is forgotten by prune: the branch stays, and detached commits go to the trash', () => {
    const made = team('glm', 'claude');
    const tree = made.worktree('glm');
    const tip = made.commit({ 'own.txt': 'own\n' }, 'own', tree);
    made.git(['switch', '-q', '--detach'], { cwd: tree });
    const head = made.commit({ 'more.txt': 'more\n' }, 'detached', tree);
    rmSync(tree, { recursive: true });
    expect(expectDone(made.aiteam(['worktree', 'prune', '--dry-run'])).stdout).toContain('would forget glm');
    expect(made.aiteam(['ls', '--names']).stdout).toBe('claude\nglm\n');
    expectDone(made.aiteam(['worktree', 'prune']));
    expect(made.aiteam(['ls', '--names']).stdout).toBe('claude\n');
    expect(made.git(['rev-parse', 'feature/glm'])).toBe(tip);
    expect(made.git(['for-each-ref', '--format=%(objectname)', 'refs/aiteam/trash'])).toBe(head);
    expect(made.git(['worktree', 'list'])).not.toContain('glm');
    expect(expectDone(made.aiteam(['worktree', 'prune'])).stdout).toContain('nothing to forget');
  });

  it('is made again by add, on its branch', () => {
    const made = team('glm');
    const tip = made.commit({ 'own.txt': 'own\n' }, 'own', made.worktree('glm'));
    rmSync(made.worktree('glm'), { recursive: true });
    expectDone(made.aiteam(['add', 'glm']));
    expect(made.git(['rev-parse', 'HEAD'], { cwd: made.worktree('glm') })).toBe(tip);
  });

  it('stays known where it is locked', () => {
    const made = team('glm');
    made.git(['worktree', 'lock', made.worktree('glm')]);
    rmSync(made.worktree('glm'), { recursive: true });
    expect(expectDone(made.aiteam(['worktree', 'prune'])).stdout).toContain('it is locked');
    expect(expectDone(made.aiteam(['add', 'glm']), 1).stderr).toContain('locked');
  });
});

describe('adopt', () => {
  it('makes a worktree of git\'s an agent\'s own, named after its branch, and copies nothing into it', () => {
    const made = scratch();
    expectDone(made.aiteam(['init', 'glm']));
    const tree = join(made.folder, 'elsewhere');
    made.git(['worktree', 'add', '-q', '-b', 'feature/glm', tree]);
    mkdirSync(join(tree, 'sub'));
    expect(listOf(made.aiteam(['ls', '--json'])).others).toEqual([{ path: tree, branch: 'feature/glm' }]);
    expect(expectDone(made.aiteam(['worktree', 'adopt', join(tree, 'sub'), '--task', 'tests'])).stdout).toContain('adopted  glm  feature/glm');
    const gitDir = made.git(['rev-parse', '--absolute-git-dir'], { cwd: tree });
    expect(readFileSync(join(gitDir, 'aiteam-agent'), 'utf8')).toMatch(/^glm\n/);
    expect(existsSync(join(tree, '.ai-coordinator'))).toBe(true);
    expect(listOf(made.aiteam(['ls', '--json'])).worktrees).toMatchObject([{ agent: 'glm', task: 'tests', path: tree, state: 'on-branch' }]);
  });

  it('refuses the main worktree, a detached one, one on the target, another agent\'s, and names that are none', () => {
    const made = team('claude');
    const adopt = (path: string, ...args: string[]): string => {
      const { stderr, code } = made.aiteam(['worktree', 'adopt', path, ...args]);
      expect(code).toBeGreaterThan(0);
      return stderr;
    };
    expect(adopt(made.repo)).toContain('is no linked worktree');
    expect(adopt(made.folder)).toContain('is no linked worktree');
    expect(adopt(made.worktree('claude'), '--agent', 'glm')).toContain('is claude\'s');
    const tree = join(made.folder, 'Other Tree');
    made.git(['worktree', 'add', '-q', '--detach', tree]);
    expect(adopt(tree)).toContain('is on no branch');
    made.git(['switch', '-q', '-c', 'Topic/Nr. 1'.replace(' ', '_')], { cwd: tree });
    expect(adopt(tree)).toContain('cannot be an agent\'s name');
    expect(adopt(tree, '--agent', 'claude')).toContain('claude has a worktree already');
    made.git(['switch', '-q', '--detach']);
    made.git(['switch', '-q', 'main'], { cwd: tree });
    expect(adopt(tree, '--agent', 'glm')).toContain('the branch that agents land on');
  });
});

it('set-branch records another branch, and says where the worktree is', () => {
  const made = team('glm', 'claude');
  made.git(['branch', 'other']);
  const { stderr, stdout } = expectDone(made.aiteam(['worktree', 'set-branch', 'glm', 'other']));
  expect(stdout).toContain('glm\'s branch is other (it was feature/glm)');
  expect(stderr).toContain('is on feature/glm at present');
  expect(listOf(made.aiteam(['ls', '--json'])).worktrees[1]).toMatchObject({ branch: 'other', onBranch: 'feature/glm', state: 'elsewhere' });
  for (const [branch, why] of [['othr', 'did you mean other?'], ['main', 'agents land on'], ['feature/claude', 'is claude\'s'], ['--all', 'no local branch']] as const) {
    expect(made.aiteam(['worktree', 'set-branch', 'glm', '--', branch])).toMatchObject({ code: 1, stderr: expect.stringContaining(why) });
  }
});
