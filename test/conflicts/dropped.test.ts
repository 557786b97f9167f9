import { expect, it } from 'vitest';
import { integrate, listed, met, resolve } from '../support/conflicts.ts';
import { expectDone } from '../support/scratch.ts';

it('a resolution is dropped and taken anew, what it was before stays reachable; its agent has its handoff again', () => {
  const made = met();
  const [first, second] = listed(made).map(({ id }) => id);
  const waits = (): boolean => made.read('.ai-coordinator/handoff.md').includes('**Status**: waiting');
  resolve(made, [first ?? '', second ?? '', '--take', 'glm']);
  expect(waits()).toBe(false);
  const ref = `refs/aiteam/resolutions/${first}`;
  const kept = made.git(['rev-parse', ref]);
  expect(made.git(['show', `${ref}:result`])).toBe('glm');
  // Seen to fail: the earlier choice was replaced without a word.
  const replaced = resolve(made, [first ?? '', '--take', 'main']).stdout;
  expect(replaced).toContain(`replaced  it was glm, taken by human, and is main now; to have that again: aiteam conflicts resolve ${first} --take glm\n`);
  expect(resolve(made, [first ?? '', '--take', 'main']).stdout).not.toContain('replaced');
  expect(JSON.parse(resolve(made, [first ?? '', '--take', 'glm,main', '--json']).stdout)).toMatchObject({ settled: [{ take: ['glm', 'main'], before: { take: ['main'], by: 'human' } }] });
  expect(resolve(made, [first ?? '', '--take', 'main']).stdout).toContain('it was glm,main, taken by human, and is main now');
  expect(made.git(['rev-list', ref])).toContain(kept);
  const dropped = expectDone(made.aiteam(['conflicts', 'drop', first ?? ''])).stdout;
  expect(dropped).toContain(`to take it again: aiteam conflicts resolve ${first} --take main`);
  expect(made.tryGit(['rev-parse', '--verify', '-q', ref]).code).toBe(1);
  expect(made.git(['rev-list', '--glob=refs/aiteam/dropped-resolutions/*'])).toContain(kept);
  expect(listed(made).map(({ state }) => state)).toEqual(['open', 'settled']);
  expect(waits()).toBe(true);
  expect(expectDone(made.aiteam(['conflicts', 'drop', first ?? '']), 1).stderr).toContain('no resolution of conflict');
  expect(integrate(made, [], 3).stdout).toContain('2 conflicts, 1 of them settled');
});
