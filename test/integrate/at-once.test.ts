import { describe, expect, it } from 'vitest';
import { expectDone, team } from '../support/scratch.ts';

describe('two coordinators at once', () => {
  // Seen to fail without the mutex and the compare-and-swap: one of the landings is lost or tried on a moved main.
  it('every branch lands once, nothing is lost', async () => {
    const agents = ['a1', 'a2', 'a3', 'a4'];
    const made = team(...agents);
    for (const agent of agents) made.commit({ [`${agent}.txt`]: 'x\n' }, `${agent} works`, made.worktree(agent));
    const runs = await Promise.all([made.start(['integrate', '--json', 'a1', 'a2']), made.start(['integrate', '--json', 'a3', 'a4']), made.start(['integrate', '--json'])]);
    for (const run of runs) expectDone(run);
    expect(made.git(['ls-tree', '--name-only', 'main']).split('\n')).toEqual(expect.arrayContaining(agents.map((agent) => `${agent}.txt`)));
    expect(made.git(['rev-list', '--count', '--min-parents=2', 'main'])).toBe('4');
    expect(made.git(['status', '--porcelain', '-uno'])).toBe('');
    expect(made.git(['for-each-ref', 'refs/aiteam/lock/coordinator', 'refs/aiteam/lock/worktrees'])).toBe('');
  });
});
