import { describe, expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { changedByMany, changedSince } from '../../src/git/changed-paths.ts';
import { openGit } from '../../src/git/git.ts';
import { scratch } from '../support/scratch.ts';

describe('the paths that many branches have changed, asked for at once', () => {
  // Seen to fail where a branch that builds on several commits of the target was compared with one of them.
  it('are those that git diff tells of each; a branch that merged the target is left to git diff', async () => {
    const { git, commit, repo, env } = scratch();
    const branch = (name: string, from: string, ...files: Record<string, string>[]): CommitId => {
      git(['checkout', '-q', '-B', name, from]);
      for (const file of files) commit(file, name);
      return git(['rev-parse', 'HEAD']) as CommitId;
    };
    const first = branch('first', 'main');
    const main = branch('main', 'main', { 'app.txt': 'changed on main\n' });
    const alone = {
      ahead: branch('ahead', main, { a: '1\n', 'b/c': '1\n' }),
      'behind the target': branch('behind', first, { a: '2\n' }, { a: '3\n', 'README.md': 'x\n' }),
      'part of the target': first,
      'the same tip twice': main,
      'names that git quotes': branch('quoted', first, { 'ü \t"\n': '1\n', '-n': '1\n' }),
      'a path like a commit id': branch('id', first, { [main]: '1\n', [`${first}/${main}`]: '1\n' }),
      'nothing but an empty commit': branch('empty', first, {}),
    };
    git(['checkout', '-q', '-B', 'merged', alone['behind the target']]);
    git(['merge', '-q', '--no-edit', 'main']);
    const merged = git(['rev-parse', 'HEAD']) as CommitId;
    git(['checkout', '-q', '--orphan', 'unrelated']);
    const unrelated = commit({ z: '1\n' }, 'unrelated') as CommitId;

    const door = openGit(repo, env);
    const found = await changedByMany(door, main, [...Object.values(alone), main, merged, unrelated]);
    for (const [name, tip] of Object.entries(alone)) {
      expect([name, found.get(tip)?.toSorted()]).toEqual([name, (await changedSince(door, main, tip))?.toSorted()]);
    }
    expect([found.has(merged), found.has(unrelated)]).toEqual([false, false]);
    expect(await changedSince(door, main, merged)).toEqual(['README.md', 'a']);
  });
});
