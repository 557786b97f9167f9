import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGit } from '../../src/git/git.ts';
import { dropDeadMutexes, mutexHolder, withMutex } from '../../src/state/mutex.ts';
import { thisProcess, type Owner } from '../../src/state/owner.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

const REF = 'refs/aiteam/lock/coordinator';

function hold(made: Scratch, owner: Owner | string): void {
  const text = typeof owner === 'string' ? owner : JSON.stringify(owner);
  made.git(['update-ref', REF, made.git(['hash-object', '-w', '--stdin'], { input: text })]);
}

const enter = (made: Scratch, waitMs = 0): Promise<string> => withMutex(openGit(made.repo, made.env), 'coordinator', { command: 'test', waitMs }, () => Promise.resolve('in'));

/** A process that has ended: its number was given out by this very system. */
function deadProcess(): Owner {
  const { pid } = spawnSync('true');
  return { ...thisProcess('aiteam integrate'), pid: pid ?? 0, started: '1' };
}

describe('the mutex', () => {
  it('free: entered, its holder named inside, gone afterwards', async () => {
    const made = scratch();
    const git = openGit(made.repo, made.env);
    const holder = await withMutex(git, 'coordinator', { command: 'test', waitMs: 0 }, () => mutexHolder(git, 'coordinator'));
    expect(holder).toMatchObject({ pid: process.pid, command: 'test' });
    expect(made.git(['for-each-ref', REF])).toBe('');
  });

  it('released too where the work fails', async () => {
    const made = scratch();
    const failing = withMutex(openGit(made.repo, made.env), 'coordinator', { command: 'test', waitMs: 0 }, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(made.git(['for-each-ref', REF])).toBe('');
  });

  it('held by a living process: refused with its number and command', async () => {
    const made = scratch();
    hold(made, { ...thisProcess('aiteam integrate'), since: 0 });
    await expect(enter(made)).rejects.toMatchObject({ code: 'busy', message: expect.stringContaining(`process ${process.pid}`) as string });
  });

  it('held by a process that is gone: taken over at once', async () => {
    const made = scratch();
    hold(made, deadProcess());
    expect(await enter(made)).toBe('in');
  });

  // Seen to be entered when only the number of the process was compared.
  it('a number given out again is not the same process: its start time tells', async () => {
    const made = scratch();
    hold(made, { ...thisProcess('aiteam integrate'), started: '1' });
    expect(await enter(made)).toBe('in');
  });

  it('what a dead process held is let go of; what a living one holds is not', async () => {
    const made = scratch();
    hold(made, thisProcess('aiteam integrate'));
    made.git(['update-ref', 'refs/aiteam/lock/worktrees', made.git(['hash-object', '-w', '--stdin'], { input: JSON.stringify(deadProcess()) })]);
    await dropDeadMutexes(openGit(made.repo, made.env));
    expect(made.git(['for-each-ref', '--format=%(refname)', 'refs/aiteam/lock'])).toBe(REF);
  });

  it('an owner on another host or in another container is never presumed dead', async () => {
    const made = scratch();
    for (const other of [{ host: 'elsewhere' }, { namespace: 'pid:[1]' }]) {
      hold(made, { ...deadProcess(), ...other });
      await expect(enter(made)).rejects.toMatchObject({ code: 'busy' });
    }
  });

  it('an owner before the last start of this machine is dead', async () => {
    const made = scratch();
    hold(made, { ...thisProcess('aiteam integrate'), boot: 'an earlier one' });
    expect(await enter(made)).toBe('in');
  });

  it('an owner that cannot be read is nobody', async () => {
    const made = scratch();
    hold(made, 'no JSON');
    expect(await enter(made)).toBe('in');
  });

  // Seen to wait for ever, and then to be refused, when a lock file was only said.
  it.each([['taking', (id: string) => id], ['releasing', () => '']])('a lock file that a killed git left on its ref while %s it: removed, because its owner is dead', async (_doing, content) => {
    const made = scratch();
    hold(made, deadProcess());
    const lock = join(made.repo, '.git', `${REF}.lock`);
    writeFileSync(lock, content(made.git(['rev-parse', REF])));
    expect(await enter(made, 60_000)).toBe('in');
    expect(existsSync(lock)).toBe(false);
  });

  it('a lock file whose owner lives is left alone, and said', async () => {
    const made = scratch();
    hold(made, thisProcess('aiteam integrate'));
    const lock = join(made.repo, '.git', `${REF}.lock`);
    writeFileSync(lock, made.git(['rev-parse', REF]));
    made.git(['pack-refs', '--all', '--no-prune']);
    await expect(enter(made, 600_000)).rejects.toMatchObject({ code: 'ref-locked' });
    expect(existsSync(lock)).toBe(true);
  });

  it('a lock file that nobody can be named for: removed when it is older than git needs to name its owner', async () => {
    const made = scratch();
    const lock = join(made.repo, '.git', `${REF}.lock`);
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, '');
    expect(await enter(made, 600_000)).toBe('in');
    expect(existsSync(lock)).toBe(false);
  });
});
