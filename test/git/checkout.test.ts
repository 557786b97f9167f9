import { existsSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommitId, RefName } from '../../src/core/ids.ts';
import { moveCheckout, type Checkout, type CheckoutMove } from '../../src/git/checkout.ts';
import { treeChanges } from '../../src/git/diff.ts';
import { openGit, type Git } from '../../src/git/git.ts';
import { pathsInTheWay } from '../../src/git/paths-in-the-way.ts';
import { changeRefs } from '../../src/git/refs.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

interface Landing {
  readonly git: Git;
  readonly checkout: Checkout;
  readonly from: CommitId;
  readonly to: CommitId;
  readonly swap: () => Promise<boolean>;
}

/** A commit with these files on top of main that no branch holds, ready to be landed on the checked-out main. */
function landing(made: Scratch, files: Record<string, string>): Landing {
  const from = made.git(['rev-parse', 'main']) as CommitId;
  made.git(['switch', '-q', '--detach']);
  const to = made.commit(files, 'to land') as CommitId;
  made.git(['switch', '-q', 'main']);
  const git = openGit(made.repo, made.env);
  const swap = (): Promise<boolean> => changeRefs(git, [{ ref: 'refs/heads/main' as never, from, to }], 'test');
  return { git, checkout: { worktree: made.repo, gitDir: join(made.repo, '.git') }, from, to, swap };
}

const move = (to: Landing, again = false): CheckoutMove => ({ branch: 'refs/heads/main' as RefName, from: to.from, to: to.to, token: 'ours', again });

describe('moving a checkout along with its branch', () => {
  it('clean: files, index and branch are all at the new commit', async () => {
    const made = scratch();
    const one = landing(made, { 'new.txt': 'new\n', 'README.md': 'changed\n' });
    expect(await moveCheckout(one.git, one.checkout, move(one), one.swap)).toBe(true);
    expect(made.git(['status', '--porcelain'])).toBe('');
    expect(made.git(['rev-parse', 'HEAD'])).toBe(one.to);
    expect(made.read('new.txt')).toBe('new\n');
    expect(existsSync(join(made.repo, '.git', 'index.lock'))).toBe(false);
  });

  it('staged, unstaged and untracked work elsewhere stays, byte for byte and with its times', async () => {
    const made = scratch();
    const one = landing(made, { 'new.txt': 'new\n' });
    made.write({ 'app.txt': 'mine\n', 'staged.txt': 's\n', 'untracked.txt': 'u\n' });
    made.git(['add', 'staged.txt']);
    utimesSync(join(made.repo, 'app.txt'), 1_000_000, 1_000_000);
    expect(await moveCheckout(one.git, one.checkout, move(one), one.swap)).toBe(true);
    expect(made.git(['status', '--porcelain']).split('\n')).toEqual([' M app.txt', 'A  staged.txt', '?? untracked.txt']);
    expect(statSync(join(made.repo, 'app.txt')).mtimeMs).toBe(1_000_000_000);
  });

  it('a compare-and-swap that is lost moves the files back', async () => {
    const made = scratch();
    const one = landing(made, { 'new.txt': 'new\n', 'README.md': 'changed\n' });
    expect(await moveCheckout(one.git, one.checkout, move(one), () => Promise.resolve(false))).toBe(false);
    expect(made.git(['status', '--porcelain'])).toBe('');
    expect(existsSync(join(made.repo, 'new.txt'))).toBe(false);
  });

  it('index.lock held by somebody else: refused, nothing moved', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n' });
    writeFileSync(join(made.repo, '.git', 'index.lock'), '');
    await expect(moveCheckout(one.git, one.checkout, move(one), one.swap)).rejects.toMatchObject({ code: 'index-locked' });
    expect(made.read('README.md')).toBe('# scratch\n');
  });

  it('a path that it would touch and that the user changed meanwhile: refused, nothing moved', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n', 'new.txt': 'new\n' });
    made.write({ 'README.md': 'mine\n' });
    await expect(moveCheckout(one.git, one.checkout, move(one), one.swap)).rejects.toMatchObject({ code: 'checkout-changed' });
    expect(made.read('README.md')).toBe('mine\n');
    expect(made.git(['rev-parse', 'main'])).toBe(one.from);
    expect(existsSync(join(made.repo, '.git', 'index.lock'))).toBe(false);
  });

  it('its user has gone to another branch meanwhile: refused, nothing moved', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n' });
    made.git(['switch', '-q', '-c', 'mine']);
    await expect(moveCheckout(one.git, one.checkout, move(one), one.swap)).rejects.toMatchObject({ code: 'checkout-changed' });
    expect(made.git(['status', '--porcelain'])).toBe('');
  });

  // Without acceptMovedFiles git takes the moved files for the user's own changes and refuses: seen by leaving it out.
  it('killed after half of the files were moved: done again, it comes to the same end', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n', 'new.txt': 'new\n', 'app.txt': 'short\n' });
    writeFileSync(join(made.repo, '.git', 'index.lock'), 'ours');
    made.write({ 'README.md': 'changed\n', 'new.txt': 'new\n' });
    expect(await moveCheckout(one.git, one.checkout, move(one, true), one.swap)).toBe(true);
    expect(made.git(['status', '--porcelain'])).toBe('');
    expect(made.read('app.txt')).toBe('short\n');
  });
});

describe('paths in the way of a landing', () => {
  const inTheWay = async (made: Scratch, one: Landing): Promise<string[]> => pathsInTheWay(one.git, one.checkout, await treeChanges(one.git, one.from, one.to));

  it('tracked and changed, staged, untracked, ignored: each is named; the rest is not', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n', 'app.txt': 'short\n', 'untracked.txt': 'x\n', 'ignored.log': 'x\n', 'free.txt': 'x\n' });
    writeFileSync(join(made.repo, '.git', 'info', 'exclude'), '*.log\n');
    made.write({ 'README.md': 'mine\n', 'app.txt': 'mine\n', 'untracked.txt': 'mine\n', 'ignored.log': 'mine\n' });
    made.git(['add', 'app.txt']);
    expect((await inTheWay(made, one)).sort()).toEqual(['README.md', 'app.txt', 'ignored.log', 'untracked.txt']);
  });

  it('an untracked file where a folder would be, and an untracked folder where a file would be', async () => {
    const made = scratch();
    const one = landing(made, { 'a/b/c.txt': 'x\n', d: 'x\n' });
    made.write({ 'a/b': 'mine\n', 'd/e.txt': 'mine\n' });
    expect((await inTheWay(made, one)).sort()).toEqual(['a/b/c.txt', 'd']);
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

  it('a clean checkout has none', async () => {
    const made = scratch();
    expect(await inTheWay(made, landing(made, { 'README.md': 'changed\n', 'x/y.txt': 'x\n' }))).toEqual([]);
  });
});
