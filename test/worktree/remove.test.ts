import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectDone, team, type Finished, type Scratch } from '../support/scratch.ts';

const worktree = (made: Scratch): string => made.worktree('glm');
const work = (made: Scratch, files: Readonly<Record<string, string>> = { 'own.txt': 'own\n' }, message = 'own work'): string => made.commit(files, message, worktree(made));
const rowOf = (finished: Finished): Record<string, unknown> => (JSON.parse(expectDone(finished).stdout) as { worktrees: Record<string, unknown>[] }).worktrees[0] ?? {};
const branchThere = (made: Scratch, branch = 'feature/glm'): boolean => made.git(['branch', '--list', branch]) !== '';

/** Refuses, names this loss, and leaves refs and worktree as they are. */
function refused(made: Scratch, loss: string, args: readonly string[] = []): string {
  const before = [made.git(['for-each-ref', 'refs/heads', 'refs/aiteam/trash']), made.git(['status', '--porcelain', '--ignored', '--branch'], { cwd: worktree(made) })];
  const { stderr } = expectDone(made.aiteam(['rm', 'glm', ...args]), 1);
  expect(stderr).toContain(loss);
  expect([made.git(['for-each-ref', 'refs/heads', 'refs/aiteam/trash']), made.git(['status', '--porcelain', '--ignored', '--branch'], { cwd: worktree(made) })]).toEqual(before);
  return stderr;
}

function removed(made: Scratch, args: readonly string[] = []): Record<string, unknown> {
  const row = rowOf(made.aiteam(['rm', 'glm', '--json', ...args]));
  expect(row['outcome']).toBe('removed');
  expect(existsSync(worktree(made))).toBe(false);
  expect(readdirSync(join(made.folder, 'repo.worktrees'))).toEqual([]);
  expect(made.git(['worktree', 'list', '--porcelain'])).not.toContain('glm');
  return row;
}

const kept = (made: Scratch, row: Record<string, unknown>, name: string): string => made.git(['rev-parse', `refs/aiteam/trash/${String(row['trash'])}/${name}`]);

describe('worktree remove refuses while there is', () => {
  it('an uncommitted file, staged or not', () => {
    const made = team('glm');
    made.write({ 'app.txt': 'changed\n' }, worktree(made));
    expect(refused(made, '1 uncommitted file: app.txt')).toContain('aiteam worktree remove -f glm');
    made.git(['add', 'app.txt'], { cwd: worktree(made) });
    refused(made, '1 uncommitted file: app.txt', ['-D']);
  });

  it('an untracked file, its name made harmless', () => {
    const made = team('glm');
    made.write({ 'new\u001b[31m\n.txt': 'new\n' }, worktree(made));
    refused(made, '1 untracked file: new\\x1b[31m\\n.txt');
  });

  it('a commit that did not land, a subject that lies made harmless', () => {
    const made = team('glm');
    work(made, undefined, 'own\u001b[2K work');
    expect(refused(made, '1 commit of feature/glm that did not land')).toContain('own\\x1b[2K work');
    refused(made, '1 commit of feature/glm', ['-f']);
  });

  it('a commit on a detached HEAD', () => {
    const made = team('glm');
    made.git(['switch', '-q', '--detach'], { cwd: worktree(made) });
    work(made);
    refused(made, '1 commit of the worktree\'s HEAD that did not land');
    refused(made, '1 commit of the worktree\'s HEAD', ['--keep-branch']);
  });

  it('a commit on another branch that is checked out there', () => {
    const made = team('glm');
    made.git(['switch', '-q', '-c', 'other'], { cwd: worktree(made) });
    work(made);
    refused(made, '1 commit of other that did not land');
    const row = removed(made, ['-D']);
    expect([branchThere(made, 'other'), row['branchDeleted']]).toEqual([true, true]);
  });

  it('a rebase under way, with its commits', () => {
    const made = team('glm');
    work(made, { 'app.txt': 'glm\n' });
    made.commit({ 'app.txt': 'main\n' }, 'main too');
    expect(made.tryGit(['rebase', 'main'], { cwd: worktree(made) }).code).not.toBe(0);
    const said = refused(made, 'it is in the middle of a rebase');
    expect(said).toContain('1 commit of feature/glm');
    expect(said).toContain('-f -D');
  });

  it('a merge under way', () => {
    const made = team('glm');
    made.commit({ 'main.txt': 'main\n' }, 'main');
    made.git(['merge', '-q', '--no-commit', '--no-ff', 'main'], { cwd: worktree(made) });
    refused(made, 'it is in the middle of a merge');
  });

  it('a revert on top of a commit: together they are nothing, but neither has landed', () => {
    const made = team('glm');
    work(made);
    made.git(['revert', '--no-edit', 'HEAD'], { cwd: worktree(made) });
    refused(made, '2 commits of feature/glm');
  });

  it('a lock on the worktree', () => {
    const made = team('glm');
    made.git(['worktree', 'lock', worktree(made)]);
    expect(refused(made, 'is locked')).toContain('git worktree unlock');
    refused(made, 'is locked', ['-f', '-D']);
  });

  it('a .git file missing, so that git would answer for a repository above', () => {
    const made = team('glm');
    made.git(['init', '-q'], { cwd: made.folder });
    rmSync(join(worktree(made), '.git'));
    expect(expectDone(made.aiteam(['rm', 'glm', '-f', '-D']), 1).stderr).toContain('aiteam worktree repair');
    expectDone(made.aiteam(['worktree', 'repair']));
    removed(made);
  });

  it('an agent that asks from its own worktree without leave', () => {
    const made = team('glm', 'claude');
    const asked = made.aiteam(['rm', 'claude'], { cwd: worktree(made) });
    expect(expectDone(asked, 1).stderr).toContain('glm may not remove');
    made.write({ '.aiteam.yaml': `${made.read('.aiteam.yaml')}\nagents_may: [remove]\n` });
    expectDone(made.aiteam(['rm', 'claude'], { cwd: worktree(made) }));
  });
});

describe('worktree remove takes away, with the branch', () => {
  it('what holds nothing of its own', () => {
    const made = team('glm');
    const row = removed(made);
    expect([row['branchDeleted'], branchThere(made)]).toEqual([true, false]);
    expect(kept(made, row, 'branch')).toBe(made.git(['rev-parse', 'main']));
  });

  it('what was merged', () => {
    const made = team('glm');
    work(made);
    made.git(['merge', '-q', '--no-ff', '--no-edit', 'feature/glm']);
    removed(made);
    expect(branchThere(made)).toBe(false);
  });

  it('what was squashed into one commit by somebody else, the target having gone on', () => {
    const made = team('glm');
    work(made, { 'a.txt': 'a\n' });
    const tip = work(made, { 'b.txt': 'b\n', 'app.txt': 'first\n' });
    made.git(['merge', '-q', '--squash', 'feature/glm']);
    made.git(['commit', '-q', '-m', 'all of glm']);
    made.commit({ 'app.txt': 'later\n' }, 'later');
    expect(kept(made, removed(made), 'branch')).toBe(tip);
  });

  it('what was cherry-picked commit by commit', () => {
    const made = team('glm');
    const first = work(made, { 'a.txt': 'a\n' });
    const second = work(made, { 'b.txt': 'b\n' });
    made.commit({ 'main.txt': 'main\n' }, 'main');
    made.git(['cherry-pick', first, second]);
    removed(made);
    expect(branchThere(made)).toBe(false);
  });

  it('what aiteam landed by squash, a merge of the target after it included', () => {
    const made = team('glm');
    work(made, { 'a.txt': 'a\n' });
    work(made, { 'b.txt': 'b\n' });
    expectDone(made.aiteam(['integrate', '--strategy', 'squash', 'glm']));
    made.commit({ 'main.txt': 'main\n' }, 'main');
    made.git(['merge', '-q', '--no-edit', 'main'], { cwd: worktree(made) });
    removed(made);
    expect(branchThere(made)).toBe(false);
  });

  it('but not what was committed after the landing', () => {
    const made = team('glm');
    work(made, { 'a.txt': 'a\n' });
    expectDone(made.aiteam(['integrate', '--strategy', 'squash', 'glm']));
    work(made, { 'b.txt': 'b\n' }, 'after it');
    expect(refused(made, '1 commit of feature/glm')).toContain('after it');
  });

  it('except with --keep-branch, which needs no -D', () => {
    const made = team('glm');
    const tip = work(made);
    expect(removed(made, ['--keep-branch'])['branchDeleted']).toBe(false);
    expect(made.git(['rev-parse', 'feature/glm'])).toBe(tip);
    expectDone(made.aiteam(['add', 'glm']));
    expect(made.git(['rev-parse', 'HEAD'], { cwd: worktree(made) })).toBe(tip);
  });
});

describe('what worktree remove takes away stays reachable', () => {
  it('-f: uncommitted, staged and untracked files as a commit', () => {
    const made = team('glm');
    made.write({ 'app.txt': 'staged\n', 'new.txt': 'untracked\n' }, worktree(made));
    made.git(['add', 'app.txt'], { cwd: worktree(made) });
    made.write({ 'app.txt': 'changed again\n' }, worktree(made));
    const unsaved = kept(made, removed(made, ['-f']), 'unsaved');
    expect(made.git(['show', `${unsaved}:app.txt`])).toBe('changed again');
    expect(made.git(['show', `${unsaved}:new.txt`])).toBe('untracked');
    expect(made.git(['show', `${unsaved}^2:app.txt`])).toBe('staged');
  });

  it('-f: a repository nested among the untracked files, moved as it is', () => {
    const made = team('glm');
    const nested = join(worktree(made), 'nested');
    mkdirSync(nested);
    made.git(['init', '-q'], { cwd: nested });
    made.write({ 'inside.txt': 'inside\n' }, nested);
    const id = String(removed(made, ['-f'])['trash']);
    expect(made.read(`.git/aiteam/trash/${id}/files/nested/inside.txt`)).toBe('inside\n');
  });

  it('-D: the branch\'s tip, a detached HEAD, and commits that only reflogs reach', () => {
    const made = team('glm');
    const amended = work(made);
    made.git(['commit', '-q', '--amend', '-m', 'amended'], { cwd: worktree(made) });
    const tip = made.git(['rev-parse', 'HEAD'], { cwd: worktree(made) });
    made.git(['switch', '-q', '--detach', 'main'], { cwd: worktree(made) });
    const left = work(made, { 'x.txt': 'x\n' }, 'left behind');
    made.git(['switch', '-q', '--detach', 'main'], { cwd: worktree(made) });
    const head = work(made, { 'y.txt': 'y\n' }, 'detached');
    const row = removed(made, ['-D']);
    expect([kept(made, row, 'branch'), kept(made, row, 'head')]).toEqual([tip, head]);
    const reachable = made.git(['rev-list', `refs/aiteam/trash/${String(row['trash'])}/others`]).split('\n');
    expect(reachable).toEqual(expect.arrayContaining([amended, left]));
    expect(branchThere(made)).toBe(false);
  });

  it('ignored files, named by top folder with their size; what can be made again is not kept', () => {
    const made = team('glm');
    made.commit({ '.gitignore': 'node_modules/\n*.db\n/local/\n' }, 'ignored');
    made.git(['merge', '-q', 'main'], { cwd: worktree(made) });
    made.write({ 'app.db': 'rows\n', 'local/a/one': '1', 'local/two': '22', 'node_modules/m/i.js': 'm', 'sub/more.db': 'more\n' }, worktree(made));
    const { stdout } = expectDone(made.aiteam(['rm', 'glm']));
    expect(stdout).toContain('ignored files moved to the trash: app.db (5 B), local/ (3 B), sub/ (5 B)');
    const files = join(made.repo, '.git/aiteam/trash', readdirSync(join(made.repo, '.git/aiteam/trash'))[0] ?? '', 'files');
    expect([made.read('app.db', files), made.read('local/a/one', files), made.read('sub/more.db', files)]).toEqual(['rows\n', '1', 'more\n']);
    expect(existsSync(join(files, 'node_modules'))).toBe(false);
  });

  it('a branch that is checked out elsewhere too stays', () => {
    const made = team('glm');
    made.git(['worktree', 'add', '-q', '--force', join(made.folder, 'second'), 'feature/glm']);
    expect(rowOf(made.aiteam(['rm', 'glm', '--json']))['branchDeleted']).toBe(false);
    expect(made.git(['status', '--porcelain', '--branch'], { cwd: join(made.folder, 'second') })).toBe('## feature/glm');
  });

  it('several at once: one that is refused does not stop the others', () => {
    const made = team('glm', 'claude');
    work(made);
    expectDone(made.aiteam(['rm', 'glm', 'claude']), 3);
    expect(made.aiteam(['ls', '--names']).stdout).toBe('glm\n');
  });

  it('a worktree whose folder is gone: its commits still count', () => {
    const made = team('glm');
    made.git(['switch', '-q', '--detach'], { cwd: worktree(made) });
    const head = work(made);
    rmSync(worktree(made), { recursive: true });
    expect(expectDone(made.aiteam(['rm', 'glm']), 1).stderr).toContain('the worktree\'s HEAD');
    expect(kept(made, removed(made, ['-D']), 'head')).toBe(head);
  });
});
