import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readHistory, readJournal } from '../../src/state/journal.ts';
import { hooked, type Hooked } from '../support/agents.ts';
import { script } from '../support/scratch.ts';

interface Recorded {
  readonly kind: string;
  readonly agent: string;
  readonly id: string;
  readonly old?: string;
}

function recorded(made: Hooked): Recorded[] {
  return readFileSync(join(made.layout.journal, 'hook-glm.log'), 'utf8').split('\u001e').slice(1).map((text) => JSON.parse(text) as Recorded);
}

const commits = (made: Hooked): string[] => recorded(made).filter(({ kind }) => kind === 'commit').map(({ id }) => id);
const touched = (made: Hooked, agent = 'glm'): string[] => readFileSync(join(made.layout.touched, agent), 'utf8').trimEnd().split('\n');

async function glm(): Promise<{ made: Hooked; cwd: string; head: () => string }> {
  const made = await hooked(['glm', 'claude']);
  const cwd = made.worktree('glm');
  return { made, cwd, head: () => made.git(['rev-parse', 'HEAD'], { cwd }) };
}

describe('the journal has a record of', () => {
  test('a commit, one with -a, one of named paths, an amended and an empty one', async () => {
    const { made, cwd, head } = await glm();
    const ids = [made.commit({ 'app.txt': '1\n' }, 'one', cwd)];
    made.write({ 'app.txt': '2\n', 'README.md': '2\n' }, cwd);
    for (const args of [['-m', 'two', '--', 'app.txt'], ['-a', '-m', 'three'], ['--amend', '-m', 'better'], ['--allow-empty', '-m', 'empty']]) {
      made.git(['commit', '-q', ...args], { cwd });
      ids.push(head());
    }
    expect(commits(made)).toEqual(ids);
    expect(readJournal(made.layout).torn).toEqual([]);
    const time = Number(made.git(['log', '-1', '--format=%ct'], { cwd })) * 1000;
    expect(readHistory(made.layout).find((record) => 'id' in record && record.id === ids.at(-1))).toMatchObject({ kind: 'commit', agent: 'glm', at: time });
  });

  test('a merge that makes a commit, and none of one that only moves the branch along', async () => {
    const { made, cwd, head } = await glm();
    made.commit({ a: '1' }, 'from the human');
    made.git(['merge', '-q', '--ff', 'main'], { cwd });
    const own = made.commit({ b: '1' }, 'own', cwd);
    made.commit({ c: '1' }, 'from the human');
    made.git(['merge', '-q', '--no-edit', 'main'], { cwd });
    expect(commits(made)).toEqual([own, head()]);
  });

  test('a merge that stopped, and a squash', async () => {
    const { made, cwd, head } = await glm();
    made.commit({ 'app.txt': 'human' }, 'from the human');
    const own = made.commit({ 'app.txt': 'glm' }, 'own', cwd);
    made.tryGit(['merge', '-q', 'main'], { cwd });
    made.write({ 'app.txt': 'both' }, cwd);
    made.git(['commit', '-q', '-a', '--no-edit'], { cwd });
    const merged = head();
    made.commit({ d: '1' }, 'more from the human');
    made.git(['merge', '-q', '--squash', 'main'], { cwd });
    made.git(['commit', '-q', '-m', 'squashed'], { cwd });
    expect(commits(made)).toEqual([own, merged, head()]);
  });

  test('what a rebase made of which commit', async () => {
    const { made, cwd, head } = await glm();
    const one = made.commit({ one: '1' }, 'one', cwd);
    const two = made.commit({ two: '1' }, 'two', cwd);
    made.commit({ a: '1' }, 'from the human');
    for (const backend of ['--apply', '--merge']) {
      made.git(['reset', '-q', '--hard', two], { cwd });
      made.git(['rebase', '-q', backend, 'main'], { cwd });
      const rewrites = recorded(made).filter(({ kind }) => kind === 'rewrite').slice(-2);
      expect(rewrites).toMatchObject([{ agent: 'glm', old: one, id: made.git(['rev-parse', 'HEAD~1'], { cwd }) }, { agent: 'glm', old: two, id: head() }]);
    }
  });

  test('both commits that a squash in a rebase put together', async () => {
    const { made, cwd, head } = await glm();
    const one = made.commit({ one: '1' }, 'one', cwd);
    const two = made.commit({ two: '1' }, 'two', cwd);
    made.git(['rebase', '-q', '-i', 'main'], { cwd, env: { GIT_SEQUENCE_EDITOR: 'sed -i "2s/^pick/squash/"', GIT_EDITOR: 'true' } });
    expect(recorded(made).filter(({ kind }) => kind === 'rewrite')).toMatchObject([{ old: one, id: head() }, { old: two, id: head() }]);
  });

  test("a cherry-pick of another agent's commit, which stays that agent's, also through a rebase", async () => {
    const { made, cwd, head } = await glm();
    const picked = made.commit({ one: '1' }, 'from claude', made.worktree('claude'));
    made.git(['cherry-pick', picked], { cwd });
    expect(recorded(made).at(-1)).toMatchObject({ kind: 'commit', agent: 'claude', id: head() });
    made.commit({ a: '1' }, 'from the human');
    made.git(['rebase', '-q', 'main'], { cwd });
    expect(recorded(made).at(-1)).toMatchObject({ kind: 'rewrite', agent: 'claude', id: head() });
    expect(touched(made)).toContain('one');
  });

  test('a commit whose message names nobody we know, as its own agent\'s', async () => {
    const { made, cwd, head } = await glm();
    made.commit({ one: '1' }, 'one\n\nAssisted-by: ../../elsewhere:x', cwd);
    expect(recorded(made).at(-1)).toMatchObject({ agent: 'glm', id: head() });
    made.commit({ one: '2' }, 'one\n\nAssisted-by: Somebody Else', cwd);
    expect(recorded(made).at(-1)).toMatchObject({ agent: 'glm', id: head() });
  });

  test('a revert, a commit with --no-verify, and one of which git shows signatures', async () => {
    const { made, cwd, head } = await glm();
    made.git(['config', 'log.showSignature', 'true']);
    const ids = [made.commit({ one: '1' }, 'one', cwd)];
    made.git(['revert', '--no-edit', 'HEAD'], { cwd });
    ids.push(head());
    made.git(['commit', '-q', '--allow-empty', '--no-verify', '-m', 'unchecked'], { cwd });
    expect(commits(made)).toEqual([...ids, head()]);
  });

  test('a commit in a worktree whose link to the views was deleted or leads elsewhere', async () => {
    const { made, cwd, head } = await glm();
    symlinkSync('/nowhere', join(cwd, '.ai-coordinator'));
    made.commit({ one: '1' }, 'one', cwd);
    rmSync(join(cwd, '.ai-coordinator'));
    made.commit({ one: '2' }, 'two', cwd);
    expect(commits(made)).toContain(head());
  });
});

test('the paths of each commit are added to the list of the branch, quoted as git quotes them', async () => {
  const { made, cwd } = await glm();
  made.commit({ 'sub/deep.txt': '1', 'with space': '1', 'new\nline': '1', 'ü': '1', '-dash': '1', 'a"b': '1' }, 'one', cwd);
  made.git(['mv', 'app.txt', 'moved.txt'], { cwd });
  made.git(['commit', '-q', '-m', 'two'], { cwd });
  expect(touched(made)).toEqual(['-dash', '"a\\"b"', '"new\\nline"', 'sub/deep.txt', 'with space', '"\\303\\274"', 'app.txt', 'moved.txt']);
});

describe('a record that cannot be written', () => {
  test('a journal that nobody may write to: the commit stands and says so', async () => {
    const { made, cwd } = await glm();
    rmSync(made.layout.journal, { recursive: true });
    made.write({ journal: 'a file where the folder belongs' }, made.layout.root);
    made.write({ one: '1' }, cwd);
    made.git(['add', '-A'], { cwd });
    const done = made.tryGit(['commit', '-q', '-m', 'one'], { cwd });
    expect(done.code).toBe(0);
    expect(done.stderr).toContain('could not be recorded');
  });

  test('a full disk: the commit stands and says so', async () => {
    // Without the words nobody knew: git ignores what post-commit answers.
    const { made, cwd } = await glm();
    symlinkSync('/dev/full', join(made.layout.journal, 'hook-glm.log'));
    made.write({ one: '1' }, cwd);
    made.git(['add', '-A'], { cwd });
    const done = made.tryGit(['commit', '-q', '-m', 'one'], { cwd });
    expect(done.code).toBe(0);
    expect(done.stderr).toContain('could not be recorded');
    rmSync(join(made.layout.journal, 'hook-glm.log'));
  });
});

test('the background refresh holds up neither the commit nor whoever reads its output', async () => {
  // With an open copy of git's standard error in the waiting shell, each commit took the second for which it waits.
  const { made, cwd } = await glm();
  const started = join(made.folder, 'started');
  script(join(made.folder, 'slow'), `#!/bin/sh\necho "$PWD" "$@" >>'${started}'\nexec sleep 2\n`);
  made.write({ runtime: `${join(made.folder, 'slow')}\n${join(made.folder, 'slow')}\n` }, made.layout.root);
  made.commit({ one: '1' }, 'one', cwd);
  made.commit({ one: '2' }, 'two', cwd);
  expect(existsSync(started)).toBe(false);
  await vi.waitUntil(() => existsSync(started), { timeout: 10_000 });
  expect(readFileSync(started, 'utf8')).toBe(`${join(made.repo, '.git')} ${join(made.folder, 'slow')} refresh --background\n`);
});
