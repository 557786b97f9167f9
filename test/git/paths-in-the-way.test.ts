import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { treeChanges } from '../../src/git/diff.ts';
import { openGit } from '../../src/git/git.ts';
import { pathsInTheWay } from '../../src/git/paths-in-the-way.ts';
import { landing, type Landing } from '../support/landing.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

describe('paths in the way of a landing', () => {
  const inTheWayPaths = async (made: Scratch, one: Landing): Promise<string[]> => pathsInTheWay(one.git, one.checkout, await treeChanges(one.git, one.from, one.to));

  it('tracked and changed, staged, untracked, ignored: each is named; the rest is not', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n', 'app.txt': 'short\n', 'untracked.txt': 'x\n', 'ignored.log': 'x\n', 'free.txt': 'x\n' });
    writeFileSync(join(made.repo, '.git', 'info', 'exclude'), '*.log\n');
    made.write({ 'README.md': 'mine\n', 'app.txt': 'mine\n', 'untracked.txt': 'mine\n', 'ignored.log': 'mine\n' });
    made.git(['add', 'app.txt']);
    expect((await inTheWayPaths(made, one)).sort()).toEqual(['README.md', 'app.txt', 'ignored.log', 'untracked.txt']);
  });

  it('an untracked file where a folder would be, and an untracked folder where a file would be', async () => {
    const made = scratch();
    const one = landing(made, { 'a/b/c.txt': 'x\n', d: 'x\n' });
    made.write({ 'a/b': 'mine\n', 'd/e.txt': 'mine\n' });
    expect((await inTheWayPaths(made, one)).sort()).toEqual(['a/b/c.txt', 'd']);
  });

  it('a file that becomes a folder, and a folder that becomes a file, make way for each other; an ignored file below does not', async () => {
    const made = scratch();
    made.commit({ 'f.txt': 'f\n', 'd/x': 'x\n' }, 'both');
    const from = made.git(['rev-parse', 'main']) as CommitId;
    made.git(['switch', '-q', '--detach']);
    made.git(['rm', '-q', '-r', 'f.txt', 'd']);
    const to = made.commit({ 'f.txt/in': 'x\n', d: 'flat\n' }, 'swapped') as CommitId;
    made.git(['switch', '-q', 'main']);
    const git = openGit(made.repo, made.env);
    const checkout = { worktree: made.repo, gitDir: join(made.repo, '.git') };
    expect(await pathsInTheWay(git, checkout, await treeChanges(git, from, to))).toEqual([]);
    writeFileSync(join(made.repo, '.git', 'info', 'exclude'), '*.log\n');
    made.write({ 'd/mine.log': 'precious\n' });
    expect(await pathsInTheWay(git, checkout, await treeChanges(git, from, to))).toEqual(['d']);
  });

  it('edited and marked assume-unchanged or skip-worktree: named; marked and not edited, or left out by a sparse checkout: not', async () => {
    const made = scratch();
    made.commit({ 'sparse/out.txt': 'x\n', 'b.txt': 'b\n', 'c.txt': 'c\n' }, 'more');
    const one = landing(made, { 'README.md': 'changed\n', 'app.txt': 'changed\n', 'b.txt': 'changed\n', 'c.txt': 'changed\n', 'sparse/out.txt': 'changed\n' });
    made.git(['update-index', '--assume-unchanged', 'README.md', 'b.txt']);
    made.git(['update-index', '--skip-worktree', 'app.txt', 'c.txt', 'sparse/out.txt']);
    made.write({ 'README.md': 'mine\n', 'app.txt': 'mine\n' });
    rmSync(join(made.repo, 'sparse'), { recursive: true });
    // Several at once were seen to fail with one copy of the index for all of them.
    const looks = await Promise.all(Array.from({ length: 6 }, () => inTheWayPaths(made, one)));
    expect(looks.map((paths) => paths.sort())).toEqual(looks.map(() => ['README.md', 'app.txt']));
  });

  it('a clean checkout has none', async () => {
    const made = scratch();
    expect(await inTheWayPaths(made, landing(made, { 'README.md': 'changed\n', 'x/y.txt': 'x\n' }))).toEqual([]);
  });
});
