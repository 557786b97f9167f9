import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal } from '../../src/state/journal.ts';
import { hooked, type Hooked } from '../support/agents.ts';
import { expectDone, type Finished } from '../support/scratch.ts';

/** The lines of app.txt with some of them replaced. */
function app(changes: Readonly<Record<number, string>>): string {
  return Array.from({ length: 20 }, (_, index) => `${changes[index + 1] ?? `line ${index + 1}`}\n`).join('');
}

async function two(config = ''): Promise<{ made: Hooked; glm: string; claude: string }> {
  const made = await hooked(['claude', 'glm'], { compares: true });
  made.write({ '.aiteam.yaml': `version: 1\n${config}` });
  if (config.includes('block')) made.write({ '.git/aiteam/policy': 'block\n' });
  return { made, glm: made.worktree('glm'), claude: made.worktree('claude') };
}

function commit(made: Hooked, cwd: string, files: Record<string, string>, env: Record<string, string> = {}, args: readonly string[] = []): Finished {
  made.write(files, cwd);
  made.git(['add', '-A'], { cwd });
  return made.tryGit(['commit', '-q', '-m', 'a change', ...args], { cwd, env });
}

/** What a commit said, a line each, without our name before it. */
function said(done: Finished, code = 0): string[] {
  return expectDone(done, code).stderr.split('\n').filter((line) => line !== '').map((line) => line.replace(/^aiteam: /, ''));
}

test('a commit is told of the lines that would conflict, whose they are and what to do; of shared files that merge, once', async () => {
  const { made, glm, claude } = await two();
  made.write({ 'lib.txt': app({}) });
  made.commit({ 'lib.txt': app({}) }, 'lib');
  for (const cwd of [glm, claude]) made.git(['merge', '-q', 'main'], { cwd });
  expect(said(commit(made, claude, { 'app.txt': app({ 5: 'claude', 15: 'claude' }), 'lib.txt': app({ 2: 'claude' }), 'package-lock.json': 'claude\n' }))).toEqual([]);
  const tip = made.git(['rev-parse', 'HEAD'], { cwd: claude }).slice(0, 8);
  expect(said(commit(made, glm, { 'app.txt': app({ 5: 'glm\nglm', 16: 'glm' }), 'lib.txt': app({ 12: 'glm' }), 'package-lock.json': 'glm\n', 'own.txt': '1\n' }))).toEqual([
    '2 places of this commit would conflict with work that has not landed yet:',
    `  app.txt:5-6  claude changed the same lines (${tip})`,
    `  app.txt:17  claude changed the lines beside it (${tip})`,
    'your commit stands. What to do:',
    '  claude lands first: leave those lines as they are until then, and settle them here: git merge main',
    '  or hand the change over and take it back here: aiteam handoff claude --task "..." --files app.txt',
    'others have unlanded changes elsewhere in lib.txt (claude)',
    'others have unlanded changes too in what is made rather than written: package-lock.json (claude)',
  ]);
  // Neither lines that were told of before nor files that are merely shared are told again, until the lines are touched again.
  expect(said(commit(made, glm, { 'app.txt': app({ 5: 'glm\nglm', 10: 'glm', 16: 'glm' }), 'lib.txt': app({ 12: 'glm again' }) }))).toEqual([]);
  expect(said(commit(made, glm, { 'app.txt': app({ 5: 'glm', 10: 'glm', 16: 'glm' }) }))[1]).toBe(`  app.txt:5  claude changed the same lines (${tip})`);
  const { overlaps } = readJournal(made.layout).ledger;
  expect([...overlaps.values()].map(({ path, level, sides }) => [path, level, sides.map(({ agent }) => agent)])).toEqual([
    ['app.txt', 'content', ['claude', 'glm']], ['app.txt', 'adjacent', ['claude', 'glm']],
  ]);
  // What the radar finds has the same ids, so that conflicts.log has each once.
  expect(JSON.parse(expectDone(made.aiteam(['overlaps', '--log', '--json'])).stdout)).toMatchObject({ logged: 1 });
  expect(made.read('.ai-coordinator/conflicts.log').match(/^\[.*overlap /gm)).toHaveLength(3);
});

test('deletions, files that both made, renames of either side and a first commit', async () => {
  const { made, glm, claude } = await two();
  commit(made, claude, { 'app.txt': app({ 5: 'claude' }), 'new.txt': 'claude\n', 'README.md': '# claude\n' });
  made.git(['rm', '-q', 'README.md'], { cwd: glm });
  made.git(['mv', 'app.txt', 'moved.txt'], { cwd: glm });
  const told = said(commit(made, glm, { 'new.txt': 'glm\n', 'moved.txt': app({ 5: 'glm' }) }));
  expect(told.slice(0, 4)).toEqual([
    expect.stringMatching(/^3 places/), expect.stringMatching(/^ {2}README\.md {2}claude and you: modify\/delete/),
    expect.stringMatching(/^ {2}moved\.txt:5 {2}claude changed the same lines/), expect.stringMatching(/^ {2}new\.txt {2}claude changed it too|^ {2}new\.txt {2}claude and you/),
  ]);
  // The other side has moved what this one changes, which is then at a path that the commit does not name.
  expect(said(commit(made, claude, { 'app.txt': app({ 5: 'claude', 6: 'claude' }) }))[1]).toMatch(/^ {2}moved\.txt:5-6 {2}glm/);
  made.git(['switch', '-q', '--orphan', 'fresh'], { cwd: glm });
  expect(said(commit(made, glm, { 'app.txt': 'fresh\n' }))[1]).toMatch(/^ {2}app\.txt {2}claude/);
});

test('block stops what would conflict, and nothing else; per pattern, and not against the environment', async () => {
  const { made, glm, claude } = await two("overlaps: { '*': warn, app.txt: block, '*.md': off }\n");
  commit(made, claude, { 'app.txt': app({ 5: 'claude' }), 'lib.txt': 'claude\n', 'README.md': '# claude\n' });
  const before = made.git(['rev-parse', 'HEAD'], { cwd: glm });
  const status = made.git(['count-objects'], { cwd: glm });
  expect(said(commit(made, glm, { 'README.md': '# glm\n' }))).toEqual([]);
  expect(said(commit(made, glm, { 'app.txt': app({ 15: 'glm' }) }))).toEqual(['others have unlanded changes elsewhere in app.txt (claude)']);
  expect(said(commit(made, glm, { 'lib.txt': 'glm\n' }))[0]).toMatch(/^1 place of this commit/);
  const tip = made.git(['rev-parse', 'HEAD'], { cwd: glm });
  expect([before, status]).not.toContain(tip);
  const refused = commit(made, glm, { 'app.txt': app({ 5: 'glm', 15: 'glm' }), 'more.txt': '1\n' });
  expect(said(refused, 1)).toEqual([
    'not committed ("overlaps:" in .aiteam.yaml says block): 1 place would conflict with work that has not landed yet',
    expect.stringMatching(/^ {2}app\.txt:5 {2}claude changed the same lines/),
    'what you can do:',
    '  leave those paths out (git restore --staged PATH) and commit the rest',
    '  wait until claude has landed, the change put aside meanwhile: aiteam shelve; then git merge main and aiteam unshelve',
    '  hand the change over: aiteam handoff claude --task "..." --files app.txt',
    '  or commit all the same: AITEAM_OVERLAPS=warn git commit ...',
  ]);
  expect(made.git(['rev-parse', 'HEAD'], { cwd: glm })).toBe(tip);
  expect(made.git(['status', '--porcelain'], { cwd: glm })).toBe('M  app.txt\nA  more.txt');
  expect(commit(made, glm, {}, { AITEAM_OVERLAPS: 'off' })).toMatchObject({ code: 0, stderr: '' });
  // What an index of its own holds is what counts: a commit of one path, and commit -a.
  made.write({ 'app.txt': app({ 5: 'glm again', 15: 'glm' }), 'own.txt': '1\n' }, glm);
  made.git(['add', 'own.txt'], { cwd: glm });
  expect(made.tryGit(['commit', '-q', '-m', 'one path', '--', 'own.txt'], { cwd: glm })).toMatchObject({ code: 0, stderr: '' });
  expect(made.tryGit(['commit', '-q', '-a', '-m', 'all'], { cwd: glm }).code).toBe(1);
});

test('nothing of a comparison stays in the repository, and Node is started for a shared path alone', async () => {
  const { made, glm, claude } = await two();
  const lastLooked = (): string[] => readdirSync(made.folder).filter((name) => name.startsWith('aiteam-overlaps-'));
  commit(made, claude, { 'app.txt': app({ 5: 'claude' }) });
  const index = readFileSync(join(made.git(['rev-parse', '--absolute-git-dir'], { cwd: glm }), 'index'));
  made.write({ 'app.txt': app({ 5: 'glm', 7: 'glm' }) }, glm);
  made.git(['add', '-A'], { cwd: glm });
  const gitDir = made.git(['rev-parse', '--absolute-git-dir'], { cwd: glm });
  const staged = readFileSync(join(gitDir, 'index'));
  expect(staged.equals(index)).toBe(false);
  const objects = (): string => made.git(['count-objects', '-v']);
  const before = objects();
  const told = expectDone(made.aiteam(['at-commit', '--staged', '--json'], { cwd: glm, env: { AITEAM_OVERLAPS: 'block' } }), 3);
  expect(JSON.parse(told.stdout)).toMatchObject({ version: 1, agent: 'glm', blocked: true, collisions: [{ path: 'app.txt', lines: [5, 6], other: 'claude', policy: 'block' }] });
  expect([objects(), readFileSync(join(gitDir, 'index')).equals(staged), lastLooked()]).toEqual([before, true, []]);
  // A runtime that would shout when it is started.
  made.write({ '.git/aiteam/runtime': '/bin/echo\n/bin/echo\n' });
  expect(commit(made, claude, { 'own.txt': '1\n' })).toMatchObject({ code: 0, stderr: '', stdout: '' });
  expect(commit(made, glm, {}).stderr + commit(made, glm, { 'app.txt': app({ 1: 'x' }) }).stderr).toContain('at-commit');
});

test('what cannot be told is no fault of the commit: a damaged configuration, a target that is gone', async () => {
  const { made, glm, claude } = await two();
  commit(made, claude, { 'app.txt': app({ 5: 'claude' }) });
  made.write({ '.aiteam.yaml': 'version: [' });
  expect(said(commit(made, glm, { 'app.txt': app({ 5: 'glm' }) }))).toContain('  claude: app.txt');
  rmSync(join(made.repo, '.aiteam.yaml'));
  made.git(['branch', '-m', 'main', 'elsewhere']);
  expect(said(commit(made, glm, { 'app.txt': app({ 5: 'again' }) }))).toContain('  claude: app.txt');
});
