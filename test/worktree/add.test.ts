import { existsSync, mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectDone, scratch, team, type Finished, type Scratch } from '../support/scratch.ts';

function initialised(): Scratch {
  const made = scratch();
  expectDone(made.aiteam(['init', 'claude', 'glm', 'deepseek']));
  return made;
}

const answerOf = (finished: Finished): { worktrees: Record<string, unknown>[] } => JSON.parse(finished.stdout) as { worktrees: Record<string, unknown>[] };

/** Refs, worktrees and the worktrees' folder: what a refusal must leave alone. */
function stateOf(made: Scratch): string {
  return [made.git(['for-each-ref', 'refs/heads', 'refs/aiteam/trash']), made.git(['worktree', 'list', '--porcelain']), existsSync(join(made.folder, 'repo.worktrees'))].join('\n');
}

function refused(made: Scratch, args: readonly string[], code = 1): string {
  const before = stateOf(made);
  const { stderr, stdout } = expectDone(made.aiteam(['worktree', 'add', ...args]), code);
  expect(stateOf(made)).toBe(before);
  expect(stdout).toBe('');
  return stderr;
}

describe('worktree add', () => {
  it('gives each agent a branch, a marker for the hooks, the link to the views and a task', () => {
    const made = initialised();
    expectDone(made.aiteam(['worktree', 'add', 'glm', 'claude', '--task', 'write the parser']));
    const tree = made.worktree('glm');
    expect(made.git(['branch', '--show-current'], { cwd: tree })).toBe('feature/glm');
    expect(made.git(['status', '--porcelain'], { cwd: tree })).toBe('');
    const gitDir = made.git(['rev-parse', '--absolute-git-dir'], { cwd: tree });
    expect(readFileSync(join(gitDir, 'aiteam-agent'), 'utf8')).toMatch(/^glm\n.+\nAssisted-by: glm:.+\n$/);
    expect(readlinkSync(join(tree, '.ai-coordinator'))).toBe('../../repo/.ai-coordinator');
    const rows = answerOf(made.aiteam(['worktree', 'list', '--json'])).worktrees;
    expect(rows.map((row) => [row['agent'], row['task'], row['state']])).toEqual([['claude', 'write the parser', 'on-branch'], ['glm', 'write the parser', 'on-branch']]);
    expect(made.aiteam(['worktree', 'path', 'glm']).stdout).toBe(`${tree}\n`);
    expect(made.aiteam(['ls', '--names']).stdout).toBe('claude\nglm\n');
  });

  it('attaches an existing branch where it is', () => {
    const made = initialised();
    made.git(['branch', 'feature/glm']);
    made.commit({ 'later.txt': 'x\n' }, 'later');
    const [row] = answerOf(expectDone(made.aiteam(['add', 'glm', '--json']))).worktrees;
    expect(row?.['outcome']).toBe('attached');
    expect(made.git(['rev-parse', 'HEAD'], { cwd: made.worktree('glm') })).toBe(made.git(['rev-parse', 'main~1']));
  });

  it('reports an existing worktree and gives it the new task', () => {
    const made = team('glm');
    const [row] = answerOf(expectDone(made.aiteam(['add', 'glm', '--task', 'another', '--json']))).worktrees;
    expect(row).toMatchObject({ outcome: 'existing', path: made.worktree('glm'), branch: 'feature/glm', ready: true });
    expect(answerOf(made.aiteam(['ls', '--json'])).worktrees[0]?.['task']).toBe('another');
    const other = expectDone(made.aiteam(['add', 'glm', '--branch', 'other']), 1);
    expect(other.stderr).toContain('aiteam worktree set-branch glm other');
  });

  it('takes over a worktree that plain git made on the very path and branch', () => {
    const made = initialised();
    made.git(['worktree', 'add', '-q', '-b', 'feature/glm', made.worktree('glm')]);
    expect(answerOf(expectDone(made.aiteam(['add', 'glm', '--json']))).worktrees[0]?.['outcome']).toBe('attached');
    expect(readlinkSync(join(made.worktree('glm'), '.ai-coordinator'))).toBe('../../repo/.ai-coordinator');
  });

  it('names the branch that is in the way as a folder of refs', () => {
    const made = initialised();
    made.git(['branch', 'feature']);
    expect(refused(made, ['glm'])).toContain('cannot make the branch feature/glm as long as there is a branch feature');
    made.git(['branch', '-m', 'feature', 'feature/glm/old']);
    expect(refused(made, ['glm'])).toContain('as long as there is a branch feature/glm/old');
  });

  it('reports a lock file on the branch that is not ours, and leaves it', () => {
    const made = initialised();
    made.write({ '.git/refs/heads/feature/glm.lock': '' });
    expect(refused(made, ['glm'])).toContain('refs/heads/feature/glm.lock');
    expect(existsSync(join(made.repo, '.git/refs/heads/feature/glm.lock'))).toBe(true);
  });

  it('goes on with the others where one is refused, and exits with 3', () => {
    const made = initialised();
    made.git(['branch', 'feature/glm/old']);
    const { stdout } = expectDone(made.aiteam(['add', 'claude', 'glm', 'deepseek', '--json']), 3);
    expect(answerOf({ stdout } as Finished).worktrees.map((row) => row['outcome'])).toEqual(['made', 'refused', 'made']);
  });

  it('refuses a branch that is checked out elsewhere, the target, and another agent\'s branch', () => {
    const made = team('claude');
    made.git(['switch', '-q', '-c', 'mine']);
    expect(refused(made, ['glm', '--branch', 'mine'])).toContain(`the branch mine is checked out at ${made.repo}`);
    expect(refused(made, ['glm', '--branch', 'main'])).toContain('agents\' branches land on it');
    expect(refused(made, ['glm', '--branch', 'feature/claude'])).toContain('is claude\'s');
  });

  it('refuses a folder that holds something, and uses an empty one', () => {
    const made = initialised();
    made.write({ 'glm/notes.txt': 'mine\n' }, made.folder);
    expect(refused(made, ['glm', '--path', '../glm'])).toContain('something is there already');
    mkdirSync(join(made.folder, 'empty'));
    expectDone(made.aiteam(['add', 'glm', '--path', '../empty']));
    expect(made.read('app.txt', join(made.folder, 'empty'))).toContain('line 1\n');
  });

  it('refuses --from for a branch that begins elsewhere, and an unknown revision', () => {
    const made = initialised();
    made.git(['branch', 'feature/glm']);
    made.commit({ 'later.txt': 'x\n' }, 'later');
    expect(refused(made, ['glm', '--from', 'main'])).toContain('--from is for new branches');
    expect(refused(made, ['claude', '--from', '--all'])).toContain('there is no commit --all here');
    expectDone(made.aiteam(['add', 'claude', '--from', 'main~1']));
    expect(made.git(['rev-parse', 'feature/claude'])).toBe(made.git(['rev-parse', 'main~1']));
  });

  it('says that the target is behind its upstream, and fetches nothing', () => {
    const made = initialised();
    const server = join(made.folder, 'server.git');
    made.git(['clone', '-q', '--bare', made.repo, server]);
    made.git(['remote', 'add', 'origin', server]);
    made.git(['fetch', '-q', 'origin']);
    made.git(['branch', '-q', '--set-upstream-to', 'origin/main']);
    made.commit({ 'a.txt': 'a\n' }, 'on the server');
    made.git(['push', '-q', 'origin', 'main']);
    made.git(['reset', '-q', '--hard', 'HEAD~1']);
    const { stderr } = expectDone(made.aiteam(['add', 'glm']));
    expect(stderr).toContain('main is 1 commit behind origin/main');
    expect(stderr).toContain('--from origin/main');
    expect(made.git(['rev-parse', 'feature/glm'])).toBe(made.git(['rev-parse', 'main']));
    expect(made.git(['config', '--list'])).not.toContain('branch.feature/glm');
  });

  it('leaves an .ai-coordinator that the branch has in its tree', () => {
    const made = initialised();
    made.git(['switch', '-q', '-c', 'feature/glm']);
    made.git(['update-index', '--add', '--cacheinfo', `120000,${made.git(['hash-object', '-w', '--stdin'], { input: '/etc' })},.ai-coordinator`]);
    made.git(['commit', '-q', '-m', 'a link in the tree']);
    made.git(['switch', '-q', '-f', 'main']);
    const { stderr } = expectDone(made.aiteam(['add', 'glm']));
    expect(stderr).toContain('is in the way of the link to the views');
    expect(readlinkSync(join(made.worktree('glm'), '.ai-coordinator'))).toBe('/etc');
  });
});

describe('hostile and wrong input', () => {
  it('refuses names that git, a shell or a file system reads specially, before anything is done', () => {
    const made = initialised();
    for (const name of ['..', '$(id)', 'a\nb']) {
      expect(refused(made, ['claude', name], 2)).toContain('cannot be an agent\'s name');
    }
    expect(refused(made, ['--', '-x'], 2)).toContain('cannot be an agent\'s name');
    for (const branch of ['$(id)', '-x', 'a..b']) {
      expect(refused(made, ['glm', `--branch=${branch}`], 2)).toContain('cannot be a branch\'s name');
    }
    expect(refused(made, ['glm', '--path', '../a\nb'])).toContain('control characters');
    expect(refused(made, ['glm', '--path', '.git/x'])).toContain('inside of the git directory');
    expect(refused(made, ['glm', 'claude', '--branch', 'one'], 2)).toContain('cannot be for several agents at once');
  });

  it('keeps a hostile task on one line', () => {
    const made = initialised();
    expectDone(made.aiteam(['add', 'glm', '--task', 'a\u001b[31m\nb']));
    expect(made.aiteam(['ls']).stdout).toContain('a\\x1b[31m\\nb');
  });

  it('refuses outside of a repository, and in one that is not set up', () => {
    const made = scratch();
    expect(expectDone(made.aiteam(['add', 'glm']), 1).stderr).toContain('aiteam init');
    expect(expectDone(made.aiteam(['add', 'glm'], { cwd: made.folder }), 1).stderr).toContain('there is no git repository');
  });

  it('works from a subfolder and from another agent\'s worktree, with an --path of that folder', () => {
    const made = team('claude');
    made.write({ 'sub/a.txt': 'a\n' });
    expectDone(made.aiteam(['add', 'glm'], { cwd: join(made.repo, 'sub') }));
    expectDone(made.aiteam(['add', 'deepseek', '--path', '../other'], { cwd: made.worktree('claude') }));
    expect(made.aiteam(['worktree', 'path', 'deepseek']).stdout).toBe(`${made.worktree('other')}\n`);
    expect(existsSync(made.worktree('glm'))).toBe(true);
  });

  it('names an agent that was probably meant', () => {
    const made = team('deepseek');
    expect(expectDone(made.aiteam(['worktree', 'path', 'deepsek']), 1).stderr).toContain('did you mean deepseek?');
  });
});

// A race: without the mutex and the retries 0, 4 and 2 of 20 adds failed in three runs, most with "failed to read .../commondir".
it('twenty adds at once all succeed', async () => {
  const made = initialised();
  const names = Array.from({ length: 20 }, (_, index) => `agent-${index}`);
  const finished = await Promise.all(names.map((name) => made.start(['worktree', 'add', name])));
  for (const one of finished) expectDone(one);
  expect(made.aiteam(['ls', '--names']).stdout.split('\n').filter((line) => line !== '').sort()).toEqual([...names].sort());
  for (const name of names) {
    expect(made.git(['status', '--porcelain', '--branch'], { cwd: made.worktree(name) })).toBe(`## feature/${name}`);
  }
});

// Seen to fail with showPath, which is for git's bytes: the folder was shown as "gr\xf6\xdfe [1] 文".
it('a folder with spaces, brackets and letters beyond ASCII works, and is shown as it is', () => {
  const made = initialised();
  const folder = join(made.folder, 'größe [1] 文');
  expect(expectDone(made.aiteam(['add', 'glm', '--path', folder])).stdout).toContain(folder);
  expect(made.git(['status', '--porcelain', '--branch'], { cwd: folder })).toBe('## feature/glm');
  expect(made.aiteam(['worktree', 'path', 'glm']).stdout).toBe(`${folder}\n`);
  expect(made.aiteam(['ls']).stdout).toContain(folder);
  expect(expectDone(made.aiteam(['rm', 'glm'])).stdout).toContain(folder);
});
