import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Lines } from '../../src/core/hunks.ts';
import type { BlobId, CommitId, RepoPath } from '../../src/core/ids.ts';
import { openGit } from '../../src/git/git.ts';
import { lastWriter } from '../../src/git/last-writer.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

/** Whose the lines of the path in HEAD are, counted from `base`. */
function writer(made: Scratch, base: string, path: string, lines: Lines | null, blob: string | null = made.git(['rev-parse', `HEAD:${path}`])): Promise<CommitId | null> {
  const range = { base: base as CommitId, tip: made.git(['rev-parse', 'HEAD']) as CommitId };
  return lastWriter(openGit(made.repo, made.env), range, { path: path as RepoPath, blob: blob as BlobId | null, lines });
}

const edited = (made: Scratch, line: number, text: string, path = 'app.txt'): string => made.read(path).split('\n').map((old, at) => (at + 1 === line ? text : old)).join('\n');

describe('who wrote lines last', () => {
  it('is the commit that changed them, though later ones changed others and moved them', async () => {
    const made = scratch();
    const base = made.git(['rev-parse', 'HEAD']);
    const fifth = made.commit({ 'app.txt': edited(made, 5, 'five') }, 'five');
    const first = made.commit({ 'app.txt': `zero\n${made.read('app.txt')}` }, 'a line above');
    expect(await writer(made, base, 'app.txt', [6, 7])).toBe(fifth);
    expect(await writer(made, base, 'app.txt', [1, 2])).toBe(first);
    expect(await writer(made, base, 'app.txt', null)).toBe(first);
    expect(await writer(made, first, 'app.txt', [6, 7])).toBeNull();
  });

  it('is found through a rename, and on the first-parent line: a merge stands for what it brought', async () => {
    const made = scratch();
    const base = made.git(['rev-parse', 'HEAD']);
    made.git(['switch', '-q', '-c', 'side']);
    made.commit({ 'app.txt': edited(made, 5, 'five') }, 'five');
    made.git(['switch', '-q', 'main']);
    made.git(['merge', '-q', '--no-ff', '-m', 'merged', 'side']);
    const merged = made.git(['rev-parse', 'HEAD']);
    renameSync(join(made.repo, 'app.txt'), join(made.repo, 'new.txt'));
    const renamed = made.commit({}, 'renamed');
    made.commit({ 'new.txt': edited(made, 15, 'fifteen', 'new.txt') }, 'fifteen');
    expect(await writer(made, base, 'new.txt', [5, 6])).toBe(merged);
    expect(await writer(made, base, 'app.txt', null, null)).toBe(renamed);
  });

  it('is found for paths that are no UTF-8, hold a line break or pattern characters', async () => {
    const made = scratch();
    const base = made.git(['rev-parse', 'HEAD']);
    const names = ['l\u00e4t', 'a\nb', 'a*[b]?\\', ':(top)x'];
    const tree = (content: string): string => {
      const blob = made.git(['hash-object', '-w', '--stdin'], { input: content });
      const entries = names.map((name) => `100644 blob ${blob}\t${name}\0`).join('');
      return execFileSync('git', ['mktree', '-z'], { cwd: made.repo, env: made.env, input: Buffer.from(entries, 'latin1') }).toString().trim();
    };
    const added = made.git(['commit-tree', tree('one\n'), '-p', base, '-m', 'added']);
    const gone = made.git(['commit-tree', `${base}^{tree}`, '-p', added, '-m', 'gone']);
    made.git(['reset', '-q', '--hard', gone]);
    for (const name of names) expect(await writer(made, added, name, null, null)).toBe(gone);
    for (const name of names) expect(await writer(made, gone, name, null, null)).toBeNull();
  });
});
