import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { AiteamError } from '../../src/core/errors.ts';
import { askToEnd } from '../../src/process/ask-to-end.ts';
import { Interrupted, interruptible } from '../../src/process/interruption.ts';

const signal = (): boolean => process.emit('SIGHUP', 'SIGHUP');
const never = new Promise<never>(() => undefined);

describe('a signal', () => {
  it('during a held step that others follow: the step is done, and the work is given up after it', async () => {
    const done: string[] = [];
    const work = interruptible('this', async ({ holdFor }) => {
      await holdFor(async () => {
        signal();
        await Promise.resolve();
        done.push('held');
      });
      done.push('behind');
    });
    await expect(work).rejects.toBeInstanceOf(Interrupted);
    expect(done).toEqual(['held']);
  });

  // Seen to fail with the hold kept after the step: the work behind it could not be given up any more.
  it('after a held step that others follow: the work is given up', async () => {
    const work = interruptible('this', async ({ holdFor }) => {
      await holdFor(() => Promise.resolve());
      signal();
      return never;
    });
    await expect(work).rejects.toBeInstanceOf(Interrupted);
  });

  it('during the last held step: it counts for nothing', async () => {
    expect(await interruptible('this', async ({ hold }) => hold(async () => { signal(); return Promise.resolve('done'); }))).toBe('done');
  });

  // Seen to fail with the signal said for every failure: "nothing is left half done", where something was.
  it.each(['checkout-left', 'push-unknown'])('during a held step that fails with %s: that is what is said', async (code) => {
    const work = interruptible('this', async ({ hold }) => hold(() => {
      signal();
      return Promise.reject(new AiteamError('left', { code }));
    }));
    await expect(work).rejects.toMatchObject({ code });
  });
});

// Seen to fail with the signal sent without a look at what came of it: ESRCH ended the command as a fault of ours.
it('a process that has just died is not asked to end, and that is no fault', () => {
  const { pid } = spawnSync('true');
  expect(() => askToEnd(pid)).not.toThrow();
});
