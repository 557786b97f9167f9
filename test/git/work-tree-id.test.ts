import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { openGit } from '../../src/git/git.ts';
import { matchedContent, treeState, type TreeState } from '../../src/git/work-tree-id.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

function stateOf(made: Scratch): Promise<TreeState> {
  const worktree = { path: made.repo, gitDir: join(made.repo, '.git'), head: made.git(['rev-parse', 'HEAD']) as CommitId };
  return treeState(openGit(made.repo, made.env), worktree, join(made.folder, 'index'));
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
  const git = openGit(made.repo, made.env);
  const content = async (folder: string, ...pathspecs: string[]): Promise<string> => matchedContent(git, join(made.repo, folder), (await stateOf(made)).tree, pathspecs);
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
