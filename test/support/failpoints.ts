import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Failpoint } from '../../src/process/failpoint.ts';
import { expectDone, type Finished, type Scratch } from './scratch.ts';

const BINARY = fileURLToPath(new URL('../../dist-test/main.js', import.meta.url));

/** How a command can end at a failpoint. */
export type Kind = 'kill' | 'enospc' | 'eio';

/** The points, each with a kill and a fault of the disk: a full one and a broken one in turn, which differ in nothing but the code. */
export function withKinds(points: readonly Failpoint[]): [Failpoint, Kind[]][] {
  return points.map((point, index) => [point, ['kill', index % 2 === 0 ? 'enospc' : 'eio']]);
}

/** Runs a command that ends at this point; the test fails where it does not get there, or calls a full disk a fault of its own. */
export function failAt(made: Scratch, point: Failpoint, kind: Kind, args: readonly string[]): Finished {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [BINARY, ...args], {
    cwd: made.repo, env: { ...made.env, AITEAM_FAILPOINT: `${point}:${kind}` }, encoding: 'utf8',
  });
  const finished = { code: status, signal, stdout, stderr };
  if (kind === 'kill') expect([point, signal]).toEqual([point, 'SIGKILL']);
  else expect([point, kind, stderr]).toEqual([point, kind, expect.stringContaining(`${kind.toUpperCase()}: at failpoint ${point}`)]);
  expect(stderr).not.toContain('fault of aiteam');
  return finished;
}

/**
 * Lets commits start no refresh in the background for half a minute, as if one were on its way: it would complete what was
 * killed while the test looks.
 */
export function holdRefreshes(made: Scratch): void {
  made.write({ '.git/aiteam/refresh.pid': `${process.pid}\n` });
}

/** Nothing of a command is left over: no lock, no intent, no note of a run, and git finds nothing broken. */
export function expectSettled(made: Scratch, label: string): void {
  holdRefreshes(made);
  const state = join(made.repo, '.git', 'aiteam');
  const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  const worktrees = join(made.repo, '.git', 'worktrees');
  const gitDirs = [join(made.repo, '.git'), ...names(worktrees).map((name) => join(worktrees, name))];
  const left = [
    ...gitDirs.flatMap((gitDir) => names(gitDir).filter((name) => /\.lock$|^aiteam-index/.test(name)).map((name) => join(gitDir, name))),
    ...names(state).filter((name) => /^(landing|run)\.json$/.test(name)),
    ...names(join(state, 'intents')).filter((name) => name.endsWith('.json')),
    ...made.git(['for-each-ref', '--format=%(refname)', 'refs/aiteam/lock']).split('\n').filter((ref) => ref !== ''),
  ];
  expect([label, left]).toEqual([label, []]);
  const fsck = expectDone(made.tryGit(['fsck', '--no-progress', '--no-dangling']));
  expect([label, fsck.stderr]).toEqual([label, '']);
}
