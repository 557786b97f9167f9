import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { CommitId, RefName } from '../../src/core/ids.ts';
import { openGit } from '../../src/git/git.ts';
import { changeRefs } from '../../src/git/refs.ts';
import { scratch } from '../support/scratch.ts';

const REF = 'refs/aiteam/undone/L1' as RefName;

function withRef(): { made: ReturnType<typeof scratch>; lock: string; change: () => Promise<boolean> } {
  const made = scratch();
  const tip = made.git(['rev-parse', 'main']) as CommitId;
  const lock = join(made.repo, '.git', `${REF}.lock`);
  return { made, lock, change: () => changeRefs(openGit(made.repo, made.env), [{ ref: REF, from: 'any', to: tip }], 'test') };
}

/** As if it had been there for a minute. */
function grownOld(lock: string): void {
  const then = Date.now() / 1_000 - 60;
  utimesSync(lock, then, then);
}

describe('an old lock file on a ref of ours', () => {
  it('left by a git that was killed: it is removed, and the ref changes', async () => {
    const { lock, change } = withRef();
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, '');
    grownOld(lock);
    expect(await change()).toBe(true);
    expect(existsSync(lock)).toBe(false);
  });

  // Seen to fail, with the ref changed under the stopped git's lock, where age alone decides.
  it('held by a git that is stopped: it stays, and so does the ref', async () => {
    const { made, lock, change } = withRef();
    const holder = spawn('git', ['update-ref', '--stdin'], { cwd: made.repo, env: made.env, stdio: ['pipe', 'pipe', 'inherit'] });
    holder.stdin.write(`start\ncreate ${REF} main\nprepare\n`);
    for (let said = ''; !said.includes('prepare: ok');) said += String(await once(holder.stdout, 'data'));
    holder.kill('SIGSTOP');
    // Its file is as old as it is itself, seen a minute later.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    try {
      await expect(change()).rejects.toMatchObject({ code: 'ref-locked', hints: [expect.any(String), expect.stringContaining('rm ')] });
    } finally {
      vi.useRealTimers();
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    expect(existsSync(lock)).toBe(true);
    grownOld(lock);
    expect(await change()).toBe(true);
  });
});
