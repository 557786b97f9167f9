import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { openGit } from '../../src/git/git.ts';
import { contentOf, treeState, type Content, type TreeState } from '../../src/git/work-tree-id.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

function stateOf(made: Scratch): Promise<TreeState> {
  const worktree = { path: made.repo, gitDir: join(made.repo, '.git'), head: made.git(['rev-parse', 'HEAD']) as CommitId };
  return treeState(openGit(made.repo, made.env), worktree, join(made.folder, 'index'));
}

async function contentIn(made: Scratch, folder: string, ...pathspecs: string[]): Promise<Content> {
  return contentOf(openGit(made.repo, made.env), join(made.repo, folder), await stateOf(made), pathspecs);
}

it('the state is that of all that git does not ignore, committed or not, and of nothing else', async () => {
  const made = scratch();
  made.write({ '.gitignore': 'ignored\n' });
  const before = await stateOf(made);
  expect(before.unseen).toEqual([]);
  made.write({ ignored: 'x' });
  expect(await stateOf(made)).toEqual(before);
  made.commit({}, 'the same, committed');
  expect(await stateOf(made)).toEqual(before);
  expect(before.tree).toBe(made.git(['rev-parse', 'HEAD^{tree}']));

  const seen = [before.tree];
  const changes = [() => made.write({ 'new.txt': 'x' }), () => made.write({ 'app.txt': 'x' }), () => chmodSync(join(made.repo, 'app.txt'), 0o755), () => made.git(['add', '-A'])];
  for (const change of changes) {
    change();
    seen.push((await stateOf(made)).tree);
  }
  // Staging alone changes no file.
  expect(new Set(seen).size).toBe(4);
  expect(seen[4]).toBe(seen[3]);
});

it('what git cannot see into is named: nested repositories, changed submodules, files that it was told not to look at', async () => {
  const made = scratch();
  made.git(['init', '-q', 'nested']);
  made.git(['commit', '-q', '--allow-empty', '-m', 'x'], { cwd: join(made.repo, 'nested') });
  expect((await stateOf(made)).unseen).toEqual(['nested/']);
  made.git(['submodule', '--quiet', 'add', './nested', 'nested']);
  made.git(['commit', '-q', '-m', 'submodule']);
  expect((await stateOf(made)).unseen).toEqual([]);
  made.write({ 'nested/file': 'x' });
  expect((await stateOf(made)).unseen).toEqual(['nested']);
  made.git(['update-index', '--assume-unchanged', 'app.txt']);
  made.write({ 'app.txt': 'hidden' });
  expect((await stateOf(made)).unseen).toEqual(['app.txt', 'nested']);
});

it('of inputs only the files that match count, from the folder on', async () => {
  const made = scratch();
  made.commit({ 'src/a.ts': 'a', 'src/b.md': 'b' }, 'files');
  const content = async (folder: string, ...pathspecs: string[]): Promise<string> => (await contentIn(made, folder, ...pathspecs)).text;
  const before = await content('src', '*.ts');
  expect(before).toBe(await content('.', 'src/a.ts'));
  made.write({ 'src/b.md': 'other' });
  expect(await content('src', '*.ts')).toBe(before);
  made.write({ 'src/c.ts': 'new' });
  expect(await content('src', '*.ts')).not.toBe(before);
  await expect(content('.', '*.py')).rejects.toMatchObject({ code: 'input', kind: 'usage' });
  await expect(content('.', ':(nosuch)x')).rejects.toMatchObject({ code: 'input', kind: 'usage' });
  await expect(content('.', '../outside')).rejects.toMatchObject({ code: 'input' });
});

// Seen to be the same where only the tree counted, as git has it.
it('what lies on the disk counts where git stores it otherwise: line ends, filters, and what is not there', async () => {
  const made = scratch();
  made.commit({ '.gitattributes': '*.txt text\n*.up filter=up\n', 'a.up': 'a\n', 'b/we"ird\nname.txt': 'b\n', 'c/file': 'c\r\n' }, 'files');
  made.git(['config', 'filter.up.clean', 'tr A-Z a-z']);
  const texts = async (): Promise<string[]> => [(await contentIn(made, '.')).text, (await contentIn(made, '.', 'app.txt', '*.up', 'b', 'c')).text];
  const seen = [await texts()];
  const tree = async (): Promise<string> => (await stateOf(made)).tree;
  const before = await tree();
  const changes = [
    () => made.write({ 'app.txt': made.read('app.txt').replaceAll('\n', '\r\n') }), () => made.write({ 'app.txt': made.read('app.txt').replace('\r', '') }), () => made.write({ 'a.up': 'A\n' }),
    () => made.write({ 'b/we"ird\nname.txt': 'b\r\n' }), () => made.git(['sparse-checkout', 'set', '--no-cone', '/*', '!/c/']),
  ];
  for (const change of changes) {
    change();
    seen.push(await texts());
    expect(await tree()).toBe(before);
  }
  for (const column of [0, 1]) expect(new Set(seen.map((both) => both[column])).size).toBe(changes.length + 1);
});

it('a submodule counts as another one where it is not populated', async () => {
  const made = scratch();
  made.git(['init', '-q', 'nested']);
  made.git(['commit', '-q', '--allow-empty', '-m', 'x'], { cwd: join(made.repo, 'nested') });
  made.git(['submodule', '--quiet', 'add', './nested', 'nested']);
  made.git(['commit', '-q', '-m', 'submodule']);
  const { text } = await contentIn(made, '.');
  made.git(['submodule', '--quiet', 'deinit', '-f', 'nested']);
  expect([(await contentIn(made, '.')).text === text, (await contentIn(made, '.')).unseen]).toEqual([false, []]);
});

// Seen to count by their targets' names alone.
it('a link to what does not count is unseen', async () => {
  const made = scratch();
  made.write({ 'dir/a': 'a', 'dir/b': 'b' });
  symlinkSync('app.txt', join(made.repo, 'in'));
  symlinkSync('../dir', join(made.repo, 'dir', 'folder'));
  const unseen = async (...pathspecs: string[]): Promise<unknown> => (await contentIn(made, '.', ...pathspecs)).unseen;
  expect([await unseen(), await unseen('in'), await unseen('in', 'app.txt'), await unseen('dir'), await unseen('dir/folder', 'dir/a')]).toEqual([[], ['in'], [], [], ['dir/folder']]);
  symlinkSync(join(made.folder, 'elsewhere'), join(made.repo, 'out'));
  expect([await unseen(), await unseen('dir')]).toEqual([['out'], []]);
  rmSync(join(made.repo, 'out'));
  symlinkSync('nothing', join(made.repo, 'dangling'));
  expect([await unseen(), await unseen('dangling')]).toEqual([[], ['dangling']]);
});
