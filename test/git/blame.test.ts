import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { BlobId, CommitId, RepoPath } from '../../src/core/ids.ts';
import { blame, type BlamedLines } from '../../src/git/blame.ts';
import { openGit } from '../../src/git/git.ts';
import { quarantine } from '../../src/git/quarantine.ts';
import { openRepository } from '../../src/git/repository.ts';
import { entryAt } from '../../src/git/tree-entry.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

async function blamed(made: Scratch, typed: string, parents: ReadonlyMap<CommitId, readonly CommitId[]> = new Map(), lines: readonly [number, number] | null = null): Promise<BlamedLines[]> {
  const repo = await openRepository(made.repo, made.env);
  const commit = made.git(['rev-parse', 'HEAD']) as CommitId;
  const entry = await entryAt(repo.git, commit, typed);
  const folder = join(made.folder, 'objects-apart');
  mkdirSync(folder, { recursive: true });
  return blame(repo.git, { commit, path: entry?.path ?? ('' as RepoPath), blob: entry?.id ?? ('' as BlobId), lines, parents }, { folder, apart: quarantine(repo, folder) });
}

it('tells the commit of each line, through renames, whatever the configuration says', async () => {
  const made = scratch();
  const first = made.git(['rev-parse', 'HEAD']);
  made.git(['mv', 'app.txt', 'moved.txt']);
  const second = made.commit({ 'moved.txt': made.read('moved.txt').replace('line 5\n', 'five\n') }, 'moved');
  writeFileSync(join(made.repo, '.git/ignored'), `${second}\n`);
  made.git(['config', 'blame.ignoreRevsFile', '.git/ignored']);
  made.git(['config', 'diff.up.textconv', 'tr a-z A-Z <']);
  writeFileSync(join(made.repo, '.git/info/attributes'), '*.txt diff=up\n');
  expect(await blamed(made, 'moved.txt')).toEqual([
    { commit: first, lines: [1, 5], path: 'app.txt' }, { commit: second, lines: [5, 6], path: 'moved.txt' }, { commit: first, lines: [6, 21], path: 'app.txt' },
  ]);
  expect(await blamed(made, 'moved.txt', new Map(), [5, 7])).toEqual([{ commit: second, lines: [5, 6], path: 'moved.txt' }, { commit: first, lines: [6, 7], path: 'app.txt' }]);
  made.git(['config', 'blame.ignoreRevsFile', 'nowhere']);
  await expect(blamed(made, 'moved.txt')).rejects.toMatchObject({ code: 'blame-setting' });
});

it('follows lines to parents that a commit has not, as through one that takes others back', async () => {
  const made = scratch();
  const first = made.git(['rev-parse', 'HEAD']) as CommitId;
  const changed = made.commit({ 'app.txt': made.read('app.txt').replace('line 5\n', 'five\n') }, 'changed') as CommitId;
  made.git(['revert', '--no-edit', 'HEAD']);
  const revert = made.git(['rev-parse', 'HEAD']) as CommitId;
  expect((await blamed(made, 'app.txt')).map(({ commit }) => commit)).toEqual([first, revert, first]);
  expect(new Set((await blamed(made, 'app.txt', new Map([[revert, [changed, first]]]))).map(({ commit }) => commit))).toEqual(new Set([first]));
});

it('finds paths that are no UTF-8, or hold what a terminal acts on, by the text that they are shown as, and leaves no object behind', async () => {
  const made = scratch();
  const names = ['l\u00e4t', 'a\nb', '*[b]?\\', ':(top)x', '-f', '"q"\t'];
  const blob = made.git(['hash-object', '-w', '--stdin'], { input: 'one\ntwo\n' });
  const tree = execFileSync('git', ['mktree', '-z'], { cwd: made.repo, env: made.env, input: Buffer.from(names.map((name) => `100644 blob ${blob}\t${name}\0`).join(''), 'latin1') }).toString().trim();
  const added = made.git(['commit-tree', tree, '-m', 'added']);
  made.git(['update-ref', 'HEAD', added]);
  const before = made.git(['count-objects']);
  for (const [name, typed] of [['l\u00e4t', 'l\\xe4t'], ['l\u00e4t', 'l\ufffdt'], ['a\nb', 'a\\nb'], ['a\nb', 'a\nb'], ['*[b]?\\', '*[b]?\\'], [':(top)x', ':(top)x'], ['-f', '-f'], ['"q"\t', '"q"\t']] as const) {
    expect((await blamed(made, typed)), typed).toEqual([{ commit: added, lines: [1, 3], path: name }]);
  }
  expect(made.git(['count-objects'])).toBe(before);
  expect(await entryAt(openGit(made.repo, made.env), added as CommitId, 'l*t')).toBeNull();
});
