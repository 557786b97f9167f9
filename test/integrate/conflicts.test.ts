import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

interface Listed {
  readonly version: number;
  readonly conflicts: { id: string; state: string; verdict: string; level: string; path: string; lines: [number, number] | null; agents: [string, string] }[];
}

const work = (made: Scratch, agent: string, files: Record<string, string>, message = `${agent} works`): string => made.commit(files, message, made.worktree(agent));
const listed = (made: Scratch, ...args: string[]): Listed => JSON.parse(expectDone(made.aiteam(['conflicts', 'list', '--json', ...args])).stdout) as Listed;
const edited = (made: Scratch, line: number, text: string): string => made.read('app.txt').replace(`line ${line}\n`, `${text}\n`);

/** claude and glm edit line 5 of app.txt; claude lands, glm is left out. */
function met(): Scratch {
  const made = team('claude', 'glm');
  work(made, 'claude', { 'app.txt': edited(made, 5, 'claude was here') });
  work(made, 'glm', { 'app.txt': edited(made, 5, 'glm was here') });
  expectDone(made.aiteam(['integrate', 'claude', 'glm']), 3);
  return made;
}

describe('two agents edit the same line', () => {
  it('the first lands, the second is left out with path, lines and both sides', () => {
    const made = met();
    expect(made.read('app.txt')).toContain('claude was here');
    expect(listed(made)).toMatchObject({
      version: 1, conflicts: [{ state: 'open', verdict: 'conflict', level: 'content', path: 'app.txt', lines: [5, 6], agents: ['glm', 'claude'] }],
    });
  });

  it('conflicts.log has its block and the agent its handoff', () => {
    const made = met();
    const [{ id } = { id: '' }] = listed(made).conflicts;
    const log = made.read('.ai-coordinator/conflicts.log');
    for (const part of [id, 'app.txt', 'glm', 'claude', 'glm was here', 'claude was here', `aiteam conflicts resolve ${id}`]) expect(log).toContain(part);
    expect(made.read('.ai-coordinator/handoff.md')).toContain('@main → @glm');
  });

  it('met again: the same id, no second block', () => {
    const made = met();
    expectDone(made.aiteam(['integrate']), 3);
    expect(listed(made).conflicts).toHaveLength(1);
    const [{ id } = { id: '' }] = listed(made).conflicts;
    const blocks = made.read('.ai-coordinator/conflicts.log').split('\n').filter((line) => line.includes(`conflict ${id}: `));
    expect(blocks).toHaveLength(1);
  });

  it('show prints base, both sides and owners', () => {
    const made = met();
    const shown = expectDone(made.aiteam(['conflicts', 'show', listed(made).conflicts[0]?.id ?? ''])).stdout;
    for (const part of ['line 5', 'claude was here', 'glm was here', 'lines by claude']) expect(shown).toContain(part);
  });

  it('show marks what a side changed, and nothing that it left as it was', () => {
    const made = team('claude', 'glm');
    work(made, 'claude', { 'app.txt': edited(made, 6, 'claude') });
    work(made, 'glm', { 'app.txt': made.read('app.txt').replace('line 5\nline 6\nline 7\n', 'glm\nline 6\nglm\n') });
    expectDone(made.aiteam(['integrate', 'claude', 'glm']), 3);
    const shown = expectDone(made.aiteam(['conflicts', 'show', listed(made).conflicts[0]?.id ?? ''])).stdout;
    expect(shown).toContain('main made of the base:\n  line 5\n- line 6\n+ claude\n  line 7\n');
    expect(shown).toContain('glm made of the base:\n- line 5\n+ glm\n  line 6\n- line 7\n+ glm\n');
  });

  it('resolve merges main into the agent\'s worktree with named markers; committed and integrated, all is landed', () => {
    const made = met();
    const [{ id } = { id: '' }] = listed(made).conflicts;
    expectDone(made.aiteam(['conflicts', 'resolve', id]));
    const marked = made.read('app.txt', made.worktree('glm'));
    expect(marked).toMatch(/<<<<<<< glm\nglm was here\n\|{7} [0-9a-f]+\nline 5\n=======\nclaude was here\n>>>>>>> main\n/);
    expect(listed(made).conflicts).toMatchObject([{ id, state: 'resolving' }]);
    made.write({ 'app.txt': marked.replace(/<<<<<<< glm[\s\S]*>>>>>>> main\n/, 'both were here\n') }, made.worktree('glm'));
    made.git(['commit', '-q', '-a', '--no-edit'], { cwd: made.worktree('glm') });
    expectDone(made.aiteam(['integrate']));
    expect(made.read('app.txt')).toContain('both were here');
    expect(listed(made).conflicts).toEqual([]);
    expect(listed(made, '--all').conflicts).toMatchObject([{ id, state: 'landed' }]);
    expect(made.git(['for-each-ref', 'refs/aiteam/conflicts'])).toBe('');
    expect(JSON.parse(made.aiteam(['status', '--json']).stdout)).toMatchObject({ version: 1 });
  });

  it('a worktree with uncommitted files, or in the middle of something, is not merged into', () => {
    const made = met();
    const [{ id } = { id: '' }] = listed(made).conflicts;
    made.write({ 'README.md': 'half done\n' }, made.worktree('glm'));
    const dirty = made.aiteam(['conflicts', 'resolve', id]);
    expect([dirty.code, dirty.stderr.includes('uncommitted')]).toEqual([1, true]);
    expect(made.read('README.md', made.worktree('glm'))).toBe('half done\n');
    made.git(['checkout', '-q', 'README.md'], { cwd: made.worktree('glm') });
    expectDone(made.aiteam(['conflicts', 'resolve', id]));
    const busy = made.aiteam(['conflicts', 'resolve', id]);
    expect([busy.code, busy.stderr.includes('in the middle of a merge')]).toEqual([1, true]);
  });

  it('no longer in the way, because the branch dropped the change: closed as gone', () => {
    const made = met();
    work(made, 'glm', { 'app.txt': edited(made, 5, 'claude was here').replace('claude was here', 'line 5') }, 'take it back');
    work(made, 'glm', { 'glm.txt': 'g\n' });
    expect(listed(made).conflicts).toEqual([]);
    expect(listed(made, '--all').conflicts).toMatchObject([{ state: 'gone' }]);
  });

  it('both sides stay reachable while it is open', () => {
    const made = met();
    const [{ id } = { id: '' }] = listed(made).conflicts;
    expect(made.git(['rev-parse', `refs/aiteam/conflicts/${id}/branch`])).toBe(made.git(['rev-parse', 'feature/glm']));
    expect(made.git(['cat-file', '-t', `refs/aiteam/conflicts/${id}/target`])).toBe('commit');
  });
});

describe('other conflicts', () => {
  it('a person\'s own commit on main is the other side', () => {
    const made = team('glm');
    work(made, 'glm', { 'app.txt': edited(made, 9, 'glm') });
    made.commit({ 'app.txt': edited(made, 9, 'a person') }, 'by hand');
    expectDone(made.aiteam(['integrate']), 3);
    expect(listed(made).conflicts).toMatchObject([{ lines: [9, 10], agents: ['glm', 'human'] }]);
  });

  it('several hunks of one file: one conflict each', () => {
    const made = team('claude', 'glm');
    const both = (name: string): string => made.read('app.txt').replace('line 2\n', `${name}\n`).replace('line 15\n', `${name}\n`);
    work(made, 'claude', { 'app.txt': both('claude') });
    work(made, 'glm', { 'app.txt': both('glm') });
    expectDone(made.aiteam(['integrate', 'claude', 'glm']), 3);
    expect(listed(made).conflicts.map(({ lines }) => lines)).toEqual(expect.arrayContaining([[2, 3], [15, 16]]));
  });

  it('deleted by one, changed by the other: structural, one for the path', () => {
    const made = team('claude', 'glm');
    made.git(['rm', '-q', 'app.txt'], { cwd: made.worktree('claude') });
    made.git(['commit', '-q', '-m', 'gone'], { cwd: made.worktree('claude') });
    work(made, 'glm', { 'app.txt': edited(made, 3, 'glm') });
    expectDone(made.aiteam(['integrate', 'claude', 'glm']), 3);
    expect(listed(made).conflicts).toMatchObject([{ level: 'structural', path: 'app.txt', lines: null, agents: ['glm', 'claude'] }]);
    const [{ id } = { id: '' }] = listed(made).conflicts;
    const question = 'glm changed it, main deleted it';
    expect(expectDone(made.aiteam(['conflicts', 'show', id])).stdout).toMatch(new RegExp(`\\n${question}: which is it to be\\?\\n  base  a file of 151 bytes .*\\n  main  nothing\\n  glm   a file of 148 bytes`));
    expect(made.read('.ai-coordinator/conflicts.log')).toContain(`question:   ${question}\n`);
    const started = expectDone(made.aiteam(['conflicts', 'resolve', id])).stdout;
    expect(started).toContain('app.txt  (no markers: one version is to be chosen)');
    expect(started).not.toContain('settle the markers');
    made.git(['restore', '--source', 'HEAD', '--staged', '--worktree', '--', 'app.txt'], { cwd: made.worktree('glm') });
    made.git(['commit', '-q', '--no-edit'], { cwd: made.worktree('glm') });
    expectDone(made.aiteam(['integrate']));
    expect(made.read('app.txt')).toContain('glm\n');
  });

  it('a binary file and a link: what each side has, by size and by where it leads', () => {
    const made = team();
    const both = (size: number, to: string, cwd: string): void => {
      writeFileSync(join(cwd, 'image'), Buffer.alloc(size));
      rmSync(join(cwd, 'link'), { force: true });
      symlinkSync(to, join(cwd, 'link'));
      made.commit({}, `image of ${size}`, cwd);
    };
    both(10, 'here', made.repo);
    expectDone(made.aiteam(['worktree', 'add', 'claude', 'glm']));
    both(20, 'there', made.worktree('claude'));
    both(30, '\u001b[31mred', made.worktree('glm'));
    expectDone(made.aiteam(['integrate', 'claude', 'glm']), 3);
    const shown = listed(made).conflicts.map(({ id }) => expectDone(made.aiteam(['conflicts', 'show', id])).stdout).join('');
    expect(shown).toMatch(/ {2}base {2}a file of 10 bytes .*\n {2}main {2}a file of 20 bytes .*\n {2}glm {3}a file of 30 bytes/);
    expect(shown).toContain('  base  a link to here\n  main  a link to there\n  glm   a link to \\x1b[31mred\n');
  });

  it('renamed by one, edited by both: the other side is known, and the markers are named', () => {
    const made = team('claude', 'glm');
    work(made, 'claude', { 'app.txt': edited(made, 5, 'claude was here') });
    made.git(['mv', 'app.txt', 'new.txt'], { cwd: made.worktree('glm') });
    work(made, 'glm', { 'new.txt': edited(made, 5, 'glm was here') });
    expectDone(made.aiteam(['integrate', 'claude', 'glm']), 3);
    expect(listed(made).conflicts).toMatchObject([{ path: 'new.txt', lines: [5, 6], agents: ['glm', 'claude'] }]);
    expectDone(made.aiteam(['conflicts', 'resolve', listed(made).conflicts[0]?.id ?? '']));
    expect(made.read('new.txt', made.worktree('glm'))).toMatch(/<<<<<<< glm\n[\s\S]*>>>>>>> main\n/);
  });

  it('a branch that tracks .ai-coordinator/ stays out by name', () => {
    const made = team('glm');
    made.git(['update-index', '--add', '--cacheinfo', `100644,${made.git(['hash-object', '-w', 'README.md'])},.ai-coordinator/status.json`], { cwd: made.worktree('glm') });
    made.git(['commit', '-q', '-m', 'sneak'], { cwd: made.worktree('glm') });
    const out = made.aiteam(['integrate', 'glm']);
    expect([out.code, out.stdout.includes('.ai-coordinator')]).toEqual([3, true]);
  });

  it('an unknown id: refused; a path with control characters is shown escaped', () => {
    const made = team('claude', 'glm');
    expect(made.aiteam(['conflicts', 'show', 'ffffffff']).code).toBe(1);
    const name = 'evil\u001b[31m\n[forged] entry';
    work(made, 'claude', { [name]: 'c\n' });
    work(made, 'glm', { [name]: 'g\n' });
    const out = expectDone(made.aiteam(['integrate', 'claude', 'glm']), 3);
    const log = made.read('.ai-coordinator/conflicts.log');
    for (const text of [out.stdout, log, made.aiteam(['conflicts']).stdout]) {
      expect(text).not.toContain('\u001b');
      expect(text.split('\n').some((line) => line.startsWith('[forged]'))).toBe(false);
    }
    expect(existsSync(join(made.repo, '.git', 'aiteam'))).toBe(true);
  });
});

describe('--into another branch than the target', () => {
  it('a conflict is recorded and judged with that branch, says so everywhere, and is resolved with it', () => {
    const made = team('claude', 'glm');
    made.git(['branch', 'staging']);
    work(made, 'claude', { 'app.txt': edited(made, 5, 'claude was here') });
    work(made, 'glm', { 'app.txt': edited(made, 5, 'glm was here') });
    expectDone(made.aiteam(['integrate', '--into', 'refs/heads/staging', 'claude', 'glm']), 3);
    const [{ id } = { id: '' }] = listed(made).conflicts;
    expect(listed(made).conflicts).toMatchObject([{ state: 'open', target: 'staging', agents: ['glm', 'claude'] }]);
    expect(expectDone(made.aiteam(['conflicts'])).stdout).toContain('glm against claude on staging');
    expect(expectDone(made.aiteam(['conflicts', 'show', id])).stdout).toContain('\nstaging  lines by claude');
    expect(made.read('.ai-coordinator/conflicts.log')).toMatch(new RegExp(`conflict ${id}: open\\n[\\s\\S]*landing on: +staging\\n`));
    // What lands on main leaves it open.
    expectDone(made.aiteam(['integrate', 'glm']));
    expect(listed(made).conflicts).toMatchObject([{ id, state: 'open' }]);
    const started = expectDone(made.aiteam(['conflicts', 'resolve', id])).stdout;
    expect(started).toContain('next: aiteam integrate --into staging');
    const marked = made.read('app.txt', made.worktree('glm'));
    made.write({ 'app.txt': marked.replace(/<<<<<<< glm[\s\S]*>>>>>>> staging\n/, 'both were here\n') }, made.worktree('glm'));
    made.git(['commit', '-q', '-a', '--no-edit'], { cwd: made.worktree('glm') });
    expectDone(made.aiteam(['integrate', '--into', 'staging']));
    expect(made.git(['show', 'staging:app.txt'])).toContain('both were here');
    expect(listed(made, '--all').conflicts).toMatchObject([{ id, state: 'landed' }]);
  });
});
