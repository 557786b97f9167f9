import { existsSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moveCheckout } from '../../src/git/checkout.ts';
import { openGit } from '../../src/git/git.ts';
import { landing, move, typedAfter } from '../support/landing.ts';
import { scratch } from '../support/scratch.ts';

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

  // Seen to fail with the index renamed after the swap: then the next commit -a, the lock removed, takes added files away again.
  it('the index is at the new commit before the branch moves, so that no commit after a kill reverts it', async () => {
    const made = scratch();
    const one = landing(made, { 'new.txt': 'new\n', 'README.md': 'changed\n' });
    let staged = '';
    await moveCheckout(one.git, one.checkout, move(one), () => {
      staged = made.git(['diff-index', '--cached', '--name-only', one.to]);
      return one.swap();
    });
    expect(staged).toBe('');
    expect(made.git(['rev-parse', 'HEAD'])).toBe(one.to);
  });

  // Seen to fail without moving back where the swap throws: new.txt stayed in the first worktree.
  it('checked out in two worktrees, one of which is locked: neither moves', async () => {
    const made = scratch();
    const one = landing(made, { 'new.txt': 'new\n', 'README.md': 'changed\n' });
    const second = join(made.folder, 'second');
    made.git(['worktree', 'add', '-q', '--force', second, 'main']);
    const gitDir = made.git(['rev-parse', '--absolute-git-dir'], { cwd: second });
    writeFileSync(join(gitDir, 'index.lock'), '');
    const inner = (): Promise<boolean> => moveCheckout(one.git, { worktree: second, gitDir }, move(one), one.swap);
    await expect(moveCheckout(one.git, one.checkout, move(one), inner)).rejects.toMatchObject({ code: 'index-locked' });
    expect(made.git(['status', '--porcelain'])).toBe('');
    expect(existsSync(join(made.repo, 'new.txt'))).toBe(false);
    expect(made.git(['rev-parse', 'main'])).toBe(one.from);
  });

  it('index.lock held for a moment, as by an editor: waited for', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n' });
    const lock = join(made.repo, '.git', 'index.lock');
    writeFileSync(lock, '');
    const moved = moveCheckout(one.git, one.checkout, move(one), one.swap);
    rmSync(lock);
    expect(await moved).toBe(true);
  });

  it('index.lock held by somebody else: refused, nothing moved', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n' });
    writeFileSync(join(made.repo, '.git', 'index.lock'), '');
    await expect(moveCheckout(one.git, one.checkout, move(one), one.swap)).rejects.toMatchObject({ code: 'index-locked' });
    expect(made.read('README.md')).toBe('# scratch\n');
  });

  // Seen to fail without the index being told: git refused, because README.md was not up to date.
  it('a file that was only touched, its content the same, is no change', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n' });
    utimesSync(join(made.repo, 'README.md'), 1_000_000, 1_000_000);
    expect(await moveCheckout(one.git, one.checkout, move(one), one.swap)).toBe(true);
    expect([made.read('README.md'), made.git(['status', '--porcelain'])]).toEqual(['changed\n', '']);
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

  // Seen to fail with every exit of git's taken for a refusal: README.md and first.txt stayed as changes of the user's.
  it('a required filter that fails half-way: what had moved is moved back, and git\'s words say why', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n', 'first.txt': 'new\n', 'second.bin': 'new\n' });
    writeFileSync(join(made.repo, '.git', 'info', 'attributes'), '*.bin filter=broken\n');
    made.git(['config', 'filter.broken.smudge', 'false']);
    made.git(['config', 'filter.broken.required', 'true']);
    await expect(moveCheckout(one.git, one.checkout, move(one), one.swap)).rejects.toMatchObject({ code: 'process-failed', message: expect.stringContaining('smudge filter broken failed') as string });
    expect(made.git(['status', '--porcelain'])).toBe('');
    expect([made.git(['rev-parse', 'main']), existsSync(join(made.repo, '.git', 'index.lock'))]).toEqual([one.from, false]);
  });

  it('its user has gone to another branch meanwhile: refused, nothing moved', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n' });
    made.git(['switch', '-q', '-c', 'mine']);
    await expect(moveCheckout(one.git, one.checkout, move(one), one.swap)).rejects.toMatchObject({ code: 'checkout-changed' });
    expect(made.git(['status', '--porcelain'])).toBe('');
  });

  // Seen to land under the user's feet: all of it stood there as changes on the new branch.
  it('its user goes to a new branch while files move: moved back, refused', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n', 'new.txt': 'new\n' });
    const git = openGit(made.repo, { ...made.env, ...typedAfter(made, 'read-tree -m *', 'git switch -q -c mine') });
    await expect(moveCheckout(git, one.checkout, move(one), one.swap)).rejects.toMatchObject({ code: 'checkout-changed' });
    expect([made.git(['status', '--porcelain', '--branch']), made.git(['rev-parse', 'main'])]).toEqual(['## mine', one.from]);
    expect(existsSync(join(made.repo, '.git', 'index.lock'))).toBe(false);
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

  // Seen to be refused for ever, as a change of the user's, without removing what was half written.
  it('killed while git was writing files, changed and new ones: done again, it comes to the same end', async () => {
    const made = scratch();
    made.git(['config', 'core.autocrlf', 'true']);
    const one = landing(made, { 'README.md': 'changed\r\nin two lines\r\n', 'new.txt': 'new\r\nfile\r\n' });
    made.write({ 'README.md': 'changed\r\nin', 'new.txt': '' });
    expect(await moveCheckout(one.git, one.checkout, move(one, true), one.swap)).toBe(true);
    expect([made.git(['status', '--porcelain']), made.read('README.md'), made.read('new.txt')]).toEqual(['', 'changed\r\nin two lines\r\n', 'new\r\nfile\r\n']);
  });

  // Seen to be overwritten when git alone looked: ignored files count for nothing there.
  it('killed, and an ignored file put into the place since: refused, the file stays', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n', 'out.log': 'theirs\n' });
    writeFileSync(join(made.repo, '.git', 'info', 'exclude'), '*.log\n');
    made.write({ 'out.log': 'mine\n' });
    await expect(moveCheckout(one.git, one.checkout, move(one, true), one.swap)).rejects.toMatchObject({ code: 'checkout-refused' });
    expect(made.read('out.log')).toBe('mine\n');
    expect(made.git(['rev-parse', 'main'])).toBe(one.from);
  });

  // Seen to be overwritten, and the landing to go on, without the look just before git writes.
  it('killed, and an ignored file put into the place while git looks: refused, the file stays', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n', 'out.log': 'theirs\n' });
    writeFileSync(join(made.repo, '.git', 'info', 'exclude'), '*.log\n');
    const git = openGit(made.repo, { ...made.env, ...typedAfter(made, 'read-tree -n *', 'echo mine >out.log') });
    await expect(moveCheckout(git, one.checkout, move(one, true), one.swap)).rejects.toMatchObject({ code: 'checkout-refused' });
    expect([made.read('out.log'), made.read('README.md')]).toEqual(['mine\n', '# scratch\n']);
    expect([made.git(['rev-parse', 'main']), existsSync(join(made.repo, '.git', 'index.lock'))]).toEqual([one.from, false]);
  });

  it('killed, and its user has gone to another branch since: refused, that branch and its files stay', async () => {
    const made = scratch();
    const one = landing(made, { 'README.md': 'changed\n' });
    made.git(['switch', '-q', '-c', 'mine']);
    await expect(moveCheckout(one.git, one.checkout, move(one, true), one.swap)).rejects.toMatchObject({ code: 'checkout-refused' });
    expect(made.git(['status', '--porcelain'])).toBe('');
  });
});
