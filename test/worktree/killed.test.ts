import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AgentId, CommitId, RepoPath } from '../../src/core/ids.ts';
import { writeIntent, type AddIntent, type RemoveIntent } from '../../src/state/intents.ts';
import { layoutOf } from '../../src/state/layout.ts';
import { BINARY, expectDone, scratch, script, team, type Scratch } from '../support/scratch.ts';

const GLM = 'glm' as AgentId;

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 600) throw new Error('waited 30 s in vain');
    await pause(50);
  }
}

/** Starts an add whose checkout stops at app.txt until `go` exists, and waits until it is there. */
async function addInTheMiddle(made: Scratch): Promise<{ pid: number; ended: Promise<unknown>; go: () => void }> {
  const [started, go] = [join(made.folder, 'started'), join(made.folder, 'go')];
  script(join(made.folder, 'slow'), `#!/bin/sh\n: >'${started}'\nuntil [ -e '${go}' ]; do sleep 0.05; done\ncat\n`);
  made.git(['config', 'filter.slow.smudge', join(made.folder, 'slow')]);
  made.git(['config', 'filter.slow.clean', 'cat']);
  made.write({ '.git/info/attributes': 'app.txt filter=slow\n' });
  const child = spawn(process.execPath, [BINARY, 'add', 'glm', '--task', 'parse'], { cwd: made.repo, env: made.env, stdio: 'ignore', detached: true });
  const ended = new Promise((resolve) => { child.on('close', resolve); });
  const { pid = 0 } = child;
  onTestFinished(() => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  });
  await until(() => existsSync(started));
  return { pid, ended, go: () => writeFileSync(go, '') };
}

function initialised(): Scratch {
  const made = scratch();
  expectDone(made.aiteam(['init', 'glm', 'claude']));
  return made;
}

const intents = (made: Scratch): string[] => (existsSync(join(made.repo, '.git/aiteam/intents')) ? readdirSync(join(made.repo, '.git/aiteam/intents')) : []);

describe('worktree add, killed', () => {
  it('in the middle of git\'s checkout, git too: the next command clears everything away, and adding works', async () => {
    const made = initialised();
    const add = await addInTheMiddle(made);
    process.kill(-add.pid, 'SIGKILL');
    await add.ended;
    expect(intents(made)).toEqual(['add-glm.json']);
    add.go();
    const { stderr } = expectDone(made.aiteam(['ls']));
    expect(stderr).toContain('clearing away glm\'s half-made worktree');
    expect(intents(made)).toEqual([]);
    expect(made.git(['branch', '--list', 'feature/*'])).toBe('');
    expect(made.git(['worktree', 'list'])).not.toContain('glm');
    expect(existsSync(made.worktree('glm'))).toBe(false);
    expectDone(made.aiteam(['add', 'glm']));
    expect(made.git(['status', '--porcelain'], { cwd: made.worktree('glm') })).toBe('');
  });

  it('while git goes on alone: the next command waits for git, and finishes the worktree', async () => {
    const made = initialised();
    const add = await addInTheMiddle(made);
    process.kill(add.pid, 'SIGKILL');
    const listing = made.start(['ls', '--json']);
    add.go();
    const { stdout } = expectDone(await listing);
    expect(JSON.parse(stdout)).toMatchObject({ worktrees: [{ agent: 'glm', task: 'parse', state: 'on-branch' }] });
    expect(existsSync(join(made.worktree('glm'), '.ai-coordinator'))).toBe(true);
    expect(intents(made)).toEqual([]);
  });

  /** What a kill leaves, made by hand: an intent, and whatever `leave` makes in the admin folder and in the worktree's. */
  function halfMade(leave: (admin: string, folder: string) => void): Scratch {
    const made = initialised();
    const tip = made.git(['rev-parse', 'main']) as CommitId;
    const intent: AddIntent = {
      kind: 'add', agent: GLM, path: made.worktree('glm'), branch: 'feature/glm', newBranch: tip, role: null, task: null, folderWasThere: false, adminBefore: [],
    };
    writeIntent(layoutOf(join(made.repo, '.git'), made.repo), intent);
    made.git(['branch', 'feature/glm']);
    const admin = join(made.repo, '.git/worktrees/glm');
    mkdirSync(admin, { recursive: true });
    leave(admin, made.worktree('glm'));
    return made;
  }

  const files = (folder: string, contents: Readonly<Record<string, string>>): void => {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
  };

  const states: readonly (readonly [string, (admin: string, folder: string) => void])[] = [
    ['nothing but the branch', (admin) => rmSync(admin, { recursive: true })],
    ['the lock of a branch that was being made', (admin) => {
      rmSync(admin, { recursive: true });
      writeFileSync(join(admin, '../../refs/heads/feature/glm.lock'), '');
    }],
    ['a lock alone', (admin) => files(admin, { locked: 'initializing' })],
    ['an empty commondir, with which git lists no worktree', (admin, folder) => files(admin, { locked: 'initializing', gitdir: `${join(folder, '.git')}\n`, HEAD: 'ref: refs/heads/feature/glm\n', commondir: '' })],
    ['no commondir', (admin, folder) => files(admin, { locked: 'initializing', gitdir: `${join(folder, '.git')}\n`, HEAD: '0000000000000000000000000000000000000000\n' })],
    ['an empty gitdir', (admin) => files(admin, { locked: 'initializing', gitdir: '' })],
  ];
  it.each(states)('leaving %s: cleared away by the next command', (_name, leave) => {
    const made = halfMade(leave);
    expectDone(made.aiteam(['ls']));
    expect(made.git(['branch', '--list', 'feature/*'])).toBe('');
    expect(existsSync(join(made.repo, '.git/worktrees/glm'))).toBe(false);
    made.git(['log', '--all', '--oneline']);
    expectDone(made.aiteam(['add', 'glm']));
  });

  it('keeps a branch that has moved since, and what somebody put into the folder', () => {
    const made = halfMade((_admin, folder) => files(folder, { 'notes.txt': 'mine\n' }));
    const moved = made.git(['commit-tree', '-m', 'more', '-p', 'main', 'main^{tree}']);
    made.git(['update-ref', 'refs/heads/feature/glm', moved]);
    const { stderr } = expectDone(made.aiteam(['ls']));
    expect(stderr).toContain('was moved to the trash');
    expect(made.git(['rev-parse', 'feature/glm'])).toBe(moved);
    const trash = join(made.repo, '.git/aiteam/trash');
    const [id = ''] = readdirSync(trash);
    expect(made.read(`${id}/files/glm/notes.txt`, trash)).toBe('mine\n');
  });

  it('leaves other worktrees\' registrations alone, of the same name too', () => {
    const made = initialised();
    const other = join(made.folder, 'elsewhere/glm');
    made.git(['worktree', 'add', '-q', '-b', 'mine', other]);
    const intent: AddIntent = {
      kind: 'add', agent: GLM, path: made.worktree('glm'), branch: 'feature/glm', newBranch: null, role: null, task: null, folderWasThere: false, adminBefore: [],
    };
    writeIntent(layoutOf(join(made.repo, '.git'), made.repo), intent);
    expectDone(made.aiteam(['ls']));
    expect(made.git(['status', '--porcelain', '--branch'], { cwd: other })).toBe('## mine');
  });
});

describe('worktree remove, killed', () => {
  function removing(made: Scratch): RemoveIntent {
    const tip = made.git(['rev-parse', 'feature/glm']) as CommitId;
    const intent: RemoveIntent = {
      kind: 'remove', agent: GLM, path: made.worktree('glm'), aside: join(made.folder, 'repo.worktrees/.glm.t1'), branch: 'feature/glm', tip,
      deleteBranch: true, trash: 't1', keep: ['my.db' as RepoPath], gitDir: join(made.repo, '.git/worktrees/glm'),
    };
    made.write({ '.gitignore': '*.db\n' });
    made.write({ 'my.db': 'rows\n' }, made.worktree('glm'));
    made.git(['update-ref', 'refs/aiteam/trash/t1/branch', tip]);
    writeIntent(layoutOf(join(made.repo, '.git'), made.repo), intent);
    return intent;
  }

  // Seen to fail with the trash's entry written after its refs: they are then in no list.
  it('after its commits were pinned: nothing is removed, and what was pinned can be emptied', () => {
    const made = team('glm');
    const bin = join(made.folder, 'bin');
    const git = made.tryGit(['--exec-path']).stdout.trim();
    script(join(bin, 'git'), `#!/bin/sh\n"${git}/git" "$@"\ncode=$?\ncase "$*" in update-ref*'is being removed'*) kill -9 $PPID ;; esac\nexit $code\n`);
    expect(made.aiteam(['rm', 'glm'], { env: { PATH: `${bin}:${made.env['PATH'] ?? ''}` } }).signal).toBe('SIGKILL');
    expect(made.git(['for-each-ref', 'refs/aiteam/trash'])).not.toBe('');
    expect(made.aiteam(['ls', '--names']).stdout).toBe('glm\n');
    expectDone(made.aiteam(['trash', 'empty', '--yes']));
    expect(made.git(['for-each-ref', 'refs/aiteam/trash'])).toBe('');
    expectDone(made.aiteam(['rm', 'glm']));
  });

  it('before the folder was renamed: nothing is removed', () => {
    const made = team('glm');
    removing(made);
    expectDone(made.aiteam(['ls']));
    expect(made.read('my.db', made.worktree('glm'))).toBe('rows\n');
    expect(made.aiteam(['ls', '--names']).stdout).toBe('glm\n');
    expect(intents(made)).toEqual([]);
  });

  it('after it: the next command goes through with it, and loses nothing', () => {
    const made = team('glm');
    const intent = removing(made);
    renameSync(intent.path, intent.aside);
    expectDone(made.aiteam(['ls']));
    expect(made.aiteam(['ls', '--names']).stdout).toBe('');
    expect(existsSync(intent.aside)).toBe(false);
    expect(made.read('.git/aiteam/trash/t1/files/my.db')).toBe('rows\n');
    expect(made.git(['branch', '--list', 'feature/*'])).toBe('');
    expect(made.git(['worktree', 'list'])).not.toContain('glm');
    expect(made.git(['rev-parse', 'refs/aiteam/trash/t1/branch'])).toBe(intent.tip);
    expect(intents(made)).toEqual([]);
  });
});
