import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { moveCheckout } from '../../src/git/checkout.ts';
import { treeChanges } from '../../src/git/diff.ts';
import { openGit } from '../../src/git/git.ts';
import { inTheWay, lookAt } from '../../src/git/paths-in-the-way.ts';
import { changeRefs } from '../../src/git/refs.ts';
import { move, type Landing } from '../support/landing.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

/** A landing that moves the submodule `lib`, whose two commits are both there; `lib` is at the first. */
function submoduleLanding(made: Scratch): Landing & { readonly first: string; readonly second: string; readonly lib: string } {
  const origin = join(made.folder, 'lib');
  made.git(['init', '-q', '-b', 'main', origin]);
  const first = made.commit({ 'lib.txt': 'one\n' }, 'one', origin);
  made.git(['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin, 'lib']);
  made.commit({}, 'with lib');
  const lib = join(made.repo, 'lib');
  const second = made.commit({ 'lib.txt': 'two\n' }, 'two', lib);
  made.git(['checkout', '-q', '--detach', first], { cwd: lib });
  const from = made.git(['rev-parse', 'main']) as CommitId;
  made.git(['update-index', '--cacheinfo', `160000,${second},lib`]);
  const to = made.git(['commit-tree', '-p', from, '-m', 'newer lib', made.git(['write-tree'])]) as CommitId;
  made.git(['reset', '-q']);
  const git = openGit(made.repo, made.env);
  const swap = (): Promise<boolean> => changeRefs(git, [{ ref: 'refs/heads/main' as never, from, to }], 'test');
  return { git, checkout: { worktree: made.repo, gitDir: join(made.repo, '.git') }, from, to, swap, first, second, lib };
}

describe('a populated submodule in the checkout', () => {
  it('clean, the new commit there: it moves along before the branch does, and back where the swap is lost', async () => {
    const made = scratch();
    const one = submoduleLanding(made);
    expect(await moveCheckout(one.git, one.checkout, move(one), () => Promise.resolve(false))).toBe(false);
    expect(made.git(['rev-parse', 'HEAD'], { cwd: one.lib })).toBe(one.first);
    let before = '';
    await moveCheckout(one.git, one.checkout, move(one), () => {
      before = made.git(['rev-parse', 'HEAD'], { cwd: one.lib });
      return one.swap();
    });
    expect(before).toBe(one.second);
    expect(made.git(['status', '--porcelain'])).toBe('');
  });

  it('changed, on a branch, or without the commit: named with the reason', async () => {
    const made = scratch();
    const one = submoduleLanding(made);
    const found = async (to = one.to): Promise<unknown> => (await inTheWay(one.git, await lookAt(one.git, one.checkout), await treeChanges(one.git, one.from, to))).submodules.map(({ path, trouble }) => [path, trouble.kind]);
    expect(await found()).toEqual([]);
    made.write({ 'lib.txt': 'mine\n' }, one.lib);
    expect(await found()).toEqual([['lib', 'changed']]);
    made.git(['checkout', '-q', 'lib.txt'], { cwd: one.lib });
    made.git(['switch', '-q', '-c', 'mine'], { cwd: one.lib });
    expect(await found()).toEqual([['lib', 'on-branch']]);
    made.git(['switch', '-q', '--detach'], { cwd: one.lib });
    made.git(['update-index', '--cacheinfo', `160000,${one.from},lib`]);
    const unknown = made.git(['commit-tree', '-m', 'unknown', made.git(['write-tree'])]) as CommitId;
    made.git(['reset', '-q']);
    expect(await found(unknown)).toEqual([['lib', 'commit-missing']]);
    made.git(['rm', '-q', '--cached', 'lib']);
    const without = made.git(['commit-tree', '-m', 'without', made.git(['write-tree'])]) as CommitId;
    made.git(['reset', '-q']);
    expect(await found(without)).toEqual([['lib', 'removed']]);
  });
});
