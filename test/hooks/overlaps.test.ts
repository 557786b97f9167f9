import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { oneForAll, type OverlapWord } from '../../src/core/overlap-policy.ts';
import { hooked, type Hooked } from '../support/agents.ts';

// Here Node cannot be started, and what hooks say then is looked at; test/hooks/at-commit.test.ts has the rest.

const ODD = ['with space', 'a "quote"', 'new\nline', 'ünï', '-dash', '--all', 'tab\there', 'back\\slash', '*', 'esc\u001b[2J'];

async function two(word: OverlapWord): Promise<{ made: Hooked; glm: string; claude: string }> {
  const made = await hooked(['claude', 'glm'], { config: { overlaps: oneForAll(word) } });
  return { made, glm: made.worktree('glm'), claude: made.worktree('claude') };
}

function commit(made: Hooked, cwd: string, files: Record<string, string>, env: Record<string, string> = {}, args: readonly string[] = []) {
  made.write(files, cwd);
  made.git(['add', '-A'], { cwd });
  return made.tryGit(['commit', '-q', '-m', 'a change', ...args], { cwd, env });
}

test('a commit that touches what another agent has changed is told whose, and goes ahead', async () => {
  const { made, glm, claude } = await two('warn');
  commit(made, claude, { 'app.txt': 'claude\n', 'other.txt': '1\n' });
  const done = commit(made, glm, { 'app.txt': 'glm\n', 'app.txt2': '1\n', 'new.txt': '1\n' });
  expect(done.code).toBe(0);
  expect(done.stderr).toContain('aiteam:   claude: app.txt\n');
  expect(done.stderr).toContain('Handoff-To: AGENT');
  expect(done.stderr).not.toMatch(/new\.txt|app\.txt2/);
  expect(done.stderr).not.toContain('other.txt');
});

test('nothing is said of paths that nobody else has changed, nor of one\'s own', async () => {
  const { made, glm, claude } = await two('warn');
  commit(made, claude, { 'app.txt': 'claude\n' });
  expect(commit(made, glm, { 'app.txt2': '1\n', 'sub/app.txt': '1\n' }).stderr).toBe('');
  expect(commit(made, claude, { 'app.txt': 'again\n' }).stderr).toBe('');
});

test('paths with spaces, quotes, line breaks, letters beyond ASCII and leading dashes are found, each on one line', async () => {
  const { made, glm, claude } = await two('warn');
  commit(made, claude, Object.fromEntries(ODD.map((name) => [name, 'claude\n'])));
  const { stderr } = commit(made, glm, Object.fromEntries(ODD.map((name) => [name, 'glm\n'])));
  expect(stderr.split('\n').filter((line) => line.startsWith('aiteam:   claude: '))).toHaveLength(ODD.length);
  expect(stderr).toContain('claude: "new\\nline"');
  expect(stderr).toContain('claude: "\\303\\274n\\303\\257"');
  expect(stderr).not.toContain('\u001b');
});

test('more paths than a reader wants are counted', async () => {
  const { made, glm, claude } = await two('warn');
  const many = (text: string): Record<string, string> => Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`f${index}`, text]));
  commit(made, claude, many('claude'));
  expect(commit(made, glm, many('glm')).stderr).toContain('aiteam:   claude: and 3 more\n');
});

test('commit -a, a commit of named paths, a deletion and an old name of a rename are looked at', async () => {
  const { made, glm, claude } = await two('warn');
  commit(made, claude, { 'app.txt': 'claude\n', 'README.md': 'claude\n' });
  made.write({ 'app.txt': 'glm\n', 'README.md': 'glm\n' }, glm);
  const only = made.tryGit(['commit', '-q', '-m', 'one path', '--', 'app.txt'], { cwd: glm });
  expect(only.stderr).toContain('claude: app.txt');
  expect(only.stderr).not.toContain('README.md');
  expect(made.tryGit(['commit', '-q', '-a', '-m', 'the rest'], { cwd: glm }).stderr).toContain('claude: README.md');
  made.git(['mv', 'app.txt', 'moved.txt'], { cwd: glm });
  made.git(['rm', '-q', 'README.md'], { cwd: glm });
  const { stderr } = made.tryGit(['commit', '-q', '-m', 'moved'], { cwd: glm });
  expect(stderr).toContain('claude: app.txt');
  expect(stderr).toContain('claude: README.md');
});

test('what nobody could compare is not blocked, but said', async () => {
  const { made, glm, claude } = await two('block');
  commit(made, claude, { 'app.txt': 'claude\n' });
  const done = commit(made, glm, { 'app.txt': 'glm\n' });
  expect(done.code).toBe(0);
  expect(done.stderr).toContain('their lines could not be compared: aiteam doctor');
  expect(done.stderr).toContain('aiteam:   claude: app.txt\n');
});

test('overlaps: off says nothing', async () => {
  const { made, glm, claude } = await two('off');
  commit(made, claude, { 'app.txt': 'claude\n' });
  expect(commit(made, glm, { 'app.txt': 'glm\n' }).stderr).toBe('');
});

test('the commit that ends a merge is not measured against what the merge brings', async () => {
  const { made, glm, claude } = await two('block');
  commit(made, claude, { 'other.txt': 'claude\n' });
  made.commit({ 'app.txt': 'human\n', 'other.txt': 'human\n' }, 'from the human');
  made.commit({ 'app.txt': 'glm\n' }, 'from glm', glm);
  expect(made.tryGit(['merge', '-q', 'main'], { cwd: glm }).code).toBe(1);
  made.write({ 'app.txt': 'both\n' }, glm);
  made.git(['add', '-A'], { cwd: glm });
  expect(made.tryGit(['commit', '-q', '--no-edit'], { cwd: glm }).stderr).toBe('');
});

test('a first commit in a worktree without one', async () => {
  const { made, glm, claude } = await two('block');
  commit(made, claude, { 'app.txt': 'claude\n' });
  made.git(['switch', '-q', '--orphan', 'fresh'], { cwd: glm });
  expect(commit(made, glm, { 'new.txt': '1\n' })).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(join(made.layout.touched, 'glm'), 'utf8')).toBe('new.txt\n');
});
