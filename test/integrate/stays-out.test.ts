import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

interface Result {
  readonly landed: { agent: string; commit: string }[];
  readonly leftOut: ({ agent: string; reason: string } & Record<string, unknown>)[];
}

const integrate = (made: Scratch, args: string[], code = 0): Result => JSON.parse(expectDone(made.aiteam(['integrate', '--json', ...args]), code).stdout) as Result;
const work = (made: Scratch, agent: string, files: Record<string, string>): string => made.commit(files, `${agent} works`, made.worktree(agent));

describe('a branch that merges cleanly and must not land stays out by name, the others land', () => {
  // Seen to fail without the twins' rule: both land, and on a Mac one file hides the other.
  it('a path that differs from an existing one by case, by a folder\'s case or by Unicode form', () => {
    const made = team('a1', 'a2', 'a3', 'a4');
    made.commit({ 'src/caf\u00e9': 'x\n' }, 'composed');
    work(made, 'a1', { 'readme.MD': 'x\n' });
    work(made, 'a2', { 'Src/new': 'x\n' });
    work(made, 'a3', { 'src/cafe\u0301': 'x\n' });
    work(made, 'a4', { 'other.md': 'x\n' });
    expect(integrate(made, ['a1', 'a2', 'a3', 'a4'], 3)).toMatchObject({
      landed: [{ agent: 'a4' }],
      leftOut: [
        { agent: 'a1', reason: 'path-twins', twins: [{ path: 'readme.MD', other: 'README.md' }] },
        { agent: 'a2', reason: 'path-twins', twins: [{ path: 'Src', other: 'src' }] },
        { agent: 'a3', reason: 'path-twins', twins: [{ path: 'src/cafe\u0301', other: 'src/caf\u00e9' }] },
      ],
    });
    const said = made.aiteam(['integrate', 'a1']).stdout;
    expect(said).toContain('readme.MD beside README.md');
  });

  it('two branches that add twins: the later one stays out; a rename that only changes the case lands', () => {
    const made = team('a1', 'a2', 'a3');
    work(made, 'a1', { 'Notes.txt': 'x\n' });
    work(made, 'a2', { 'notes.txt': 'x\n' });
    renameSync(join(made.worktree('a3'), 'README.md'), join(made.worktree('a3'), 'Readme.md'));
    work(made, 'a3', {});
    expect(integrate(made, ['a1', 'a2', 'a3'], 3)).toMatchObject({ landed: [{ agent: 'a1' }, { agent: 'a3' }], leftOut: [{ agent: 'a2', twins: [{ path: 'notes.txt', other: 'Notes.txt' }] }] });
  });

  // Seen to fail without the links' rule.
  it('a symbolic link that leads out of the tree; one that stays in it lands', () => {
    const made = team('a1', 'a2', 'a3', 'a4');
    symlinkSync('/etc/passwd', join(made.worktree('a1'), 'absolute'));
    made.write({ 'dir/file': 'x\n' }, made.worktree('a2'));
    symlinkSync('../../outside', join(made.worktree('a2'), 'dir', 'up'));
    symlinkSync('.git/hooks', join(made.worktree('a3'), 'hooks'));
    made.write({ 'deep/er/file': 'x\n' }, made.worktree('a4'));
    symlinkSync('../../app.txt', join(made.worktree('a4'), 'deep', 'er', 'inside'));
    for (const agent of ['a1', 'a2', 'a3', 'a4']) work(made, agent, {});
    expect(integrate(made, ['a1', 'a2', 'a3', 'a4'], 3)).toMatchObject({
      landed: [{ agent: 'a4' }],
      leftOut: [
        { agent: 'a1', reason: 'link-outside', links: [{ path: 'absolute', target: '/etc/passwd' }] },
        { agent: 'a2', reason: 'link-outside', links: [{ path: 'dir/up', target: '../../outside' }] },
        { agent: 'a3', reason: 'link-outside', links: [{ path: 'hooks', target: '.git/hooks' }] },
      ],
    });
  });

  // Git 2.39 calls that merge clean, with an entry that has no object: seen to land so, where git merge dies.
  it('a folder that became a file, in a folder that the branch renamed', () => {
    const made = team();
    made.commit({ 'old/1': 'one\n1\n2\n3\n', 'old/2': 'two\n1\n2\n3\n', 'old/x/inside': 'x\n' }, 'folder');
    made.git(['config', 'merge.directoryRenames', 'true']);
    expectDone(made.aiteam(['worktree', 'add', 'a1', 'a2']));
    made.git(['rm', '-rq', 'old/x'], { cwd: made.worktree('a1') });
    work(made, 'a1', { 'old/x': 'file\n' });
    made.git(['rm', '-rq', 'old/x'], { cwd: made.worktree('a2') });
    made.git(['mv', 'old', 'new'], { cwd: made.worktree('a2') });
    work(made, 'a2', {});
    expect(integrate(made, ['a1', 'a2'], 3)).toMatchObject({ landed: [{ agent: 'a1' }], leftOut: [{ agent: 'a2', reason: 'tree-broken', paths: ['new/x'] }] });
    expect(made.tryGit(['merge', '--no-ff', '--no-edit', 'feature/a2']).code).toBe(128);
  });

  it('one that touches the folder of views, however it is written', () => {
    const made = team('a1', 'a2');
    const agent = made.worktree('a2');
    made.git(['rm', '-rq', '--cached', '--ignore-unmatch', '.ai-coordinator'], { cwd: agent });
    const blob = made.git(['hash-object', '-w', '--stdin'], { input: 'x\n' });
    made.git(['update-index', '--add', '--cacheinfo', `100644,${blob},.AI-Coordinator/status.json`], { cwd: agent });
    made.git(['commit', '-q', '-m', 'views'], { cwd: agent });
    work(made, 'a1', { 'a1.txt': 'x\n' });
    expect(integrate(made, ['a2', 'a1'], 3)).toMatchObject({ landed: [{ agent: 'a1' }], leftOut: [{ agent: 'a2', reason: 'views-touched', paths: ['.AI-Coordinator/status.json'] }] });
  });

  it('unrelated histories, unless --allow-unrelated accepts them', () => {
    const made = team('a1');
    const agent = made.worktree('a1');
    made.git(['checkout', '-q', '--orphan', 'alone'], { cwd: agent });
    made.git(['rm', '-rfq', '.'], { cwd: agent });
    const alone = made.commit({ 'alone.txt': 'x\n' }, 'alone', agent);
    made.git(['checkout', '-q', '-B', 'feature/a1', alone], { cwd: agent });
    const refused = expectDone(made.aiteam(['integrate', 'a1']), 3).stdout;
    expect(refused).toContain('a1 (feature/a1): it has no commit in common with main');
    expect(refused).toContain('aiteam integrate --allow-unrelated');
    expect(integrate(made, ['a1', '--allow-unrelated']).landed).toMatchObject([{ agent: 'a1' }]);
    expect(made.read('alone.txt') + made.read('README.md')).toBe('x\n# scratch\n');
  });
});

describe('merge drivers of the user\'s git configuration', () => {
  /** Main and two agents with a file that the driver `keep` merges, which takes the side merged onto and adds a line. */
  function withDriver(config: string, command: string): Scratch {
    const made = team('a1', 'a2');
    made.write({ '.aiteam.yaml': `version: 1\ntarget: main\nagents: { a1: {}, a2: {} }\n${config}` });
    made.commit({ '.gitattributes': 'app.txt merge=keep\n' }, 'attributes');
    made.git(['config', 'merge.keep.driver', command]);
    const lines = made.read('app.txt');
    work(made, 'a1', { 'app.txt': lines.replace('line 1\n', 'a1\n') });
    work(made, 'a2', { 'app.txt': lines.replace('line 20\n', 'a2\n') });
    return made;
  }

  const KEEP = 'echo merged >> %A';

  // Seen to fail, with the lines of both merged as text, where the room knows nothing of the driver.
  it('not approved: the branch that needs it stays out, with path and driver named, and nothing runs', () => {
    const made = withDriver('', KEEP);
    expect(integrate(made, ['a1', 'a2'], 3)).toMatchObject({ landed: [{ agent: 'a1' }], leftOut: [{ agent: 'a2', reason: 'needs-driver', uses: [{ driver: 'keep', path: 'app.txt' }] }] });
    expect(made.aiteam(['integrate', 'a2']).stdout).toContain('app.txt (merge=keep)');
  });

  it('approved by `aiteam trust`: it runs, and the tree is the one that git merge makes', () => {
    const made = withDriver(`merge_drivers: { keep: "${KEEP}" }\n`, KEEP);
    expect(integrate(made, ['a1', 'a2'], 3).leftOut).toMatchObject([{ agent: 'a2', reason: 'needs-driver' }]);
    expect(expectDone(made.aiteam(['trust', '--yes'])).stderr).toContain(KEEP);
    expect(integrate(made, ['a2']).landed).toMatchObject([{ agent: 'a2' }]);
    made.git(['switch', '-q', '--detach', 'main^1']);
    made.git(['merge', '-q', '--no-ff', '--no-edit', 'feature/a2']);
    expect(made.git(['rev-parse', 'HEAD^{tree}'])).toBe(made.git(['rev-parse', 'main^{tree}']));
    expect(made.read('app.txt')).toMatch(/a1\n[^]*line 20\nmerged\n$/);
  });

  it('approved, but git\'s configuration has another command by now: it does not run', () => {
    const made = withDriver(`merge_drivers: { keep: "${KEEP}" }\n`, KEEP);
    expectDone(made.aiteam(['trust', '--yes']));
    made.git(['config', 'merge.keep.driver', `touch ${join(made.folder, 'ran')}`]);
    expect(integrate(made, ['a1', 'a2'], 3).leftOut).toMatchObject([{ agent: 'a2', reason: 'needs-driver' }]);
    expect(() => made.read('ran', made.folder)).toThrow('ENOENT');
  });

  // Git takes exit 127 for a conflict: seen without the watch over the driver's exit code.
  it('approved, but it cannot be started here: the branch stays out for the driver, not for a conflict', () => {
    const made = withDriver('merge_drivers: { keep: "no-such-program %A" }\n', 'no-such-program %A');
    expectDone(made.aiteam(['trust', '--yes']));
    expect(integrate(made, ['a1', 'a2'], 3).leftOut).toMatchObject([{ agent: 'a2', reason: 'needs-driver', uses: [{ driver: 'keep' }] }]);
  });
});

describe('attributes within a stack', () => {
  // Seen to fail, with a conflict of a2, where the room keeps the attributes that the target had at the start.
  it.each([[['a1', 'a2']], [['a1', 'a3', 'a4', 'a2']]])('those that a branch brings hold for the branches after it: %s', (agents) => {
    const made = team(...agents);
    const text = made.read('app.txt');
    work(made, 'a1', { '.gitattributes': 'app.txt merge=union\n', 'app.txt': `${text}a1\n` });
    for (const agent of agents.slice(1, -1)) work(made, agent, { [agent]: 'x\n' });
    work(made, 'a2', { 'app.txt': `${text}a2\n` });
    expect(integrate(made, agents).landed.map(({ agent }) => agent)).toEqual(agents);
    expect(made.read('app.txt')).toBe(`${text}a1\na2\n`);
  });
});
