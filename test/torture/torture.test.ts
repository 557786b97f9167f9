import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/torture', import.meta.url));

// Seen to fail without the compare-and-swap (commits of the human's are gone from main), and without the removal of what
// killed gits left on the mutex's ref (nobody lands any more).
it('torture in short: agents, two coordinators and a human at once, processes killed, and nothing is lost', () => {
  const { status, stdout, stderr } = spawnSync(SCRIPT, ['--seconds', '12', '--agents', '3', '--seed', '7'], { encoding: 'utf8' });
  expect([status, stderr, stdout]).toEqual([0, '', expect.stringContaining('nothing was lost')]);
}, 180_000);

it('what it cannot read is refused with its usage', () => {
  const { status, stderr } = spawnSync(SCRIPT, ['--seconds', 'soon'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, expect.stringContaining('usage: scripts/torture')]);
});
