import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openRepository } from '../../src/git/repository.ts';
import { watchChanges, type WatchedPlace } from '../../src/operations/overlaps/change-watch.ts';
import { watchedPlaces, watchOverlaps } from '../../src/operations/overlaps/watch.ts';
import { overlapsIn } from '../support/overlaps.ts';
import { expectDone, team, type Finished, type Scratch } from '../support/scratch.ts';

interface Watching {
  /** Every drawing so far. */
  readonly drawings: () => { overlaps: { path: string; verdict: string }[] }[];
  /** Waits for a drawing in which this path would conflict, or would not. */
  readonly until: (path: string, conflict: boolean) => Promise<void>;
  readonly end: (signal: NodeJS.Signals) => Promise<Finished>;
}

/** `aiteam overlaps --watch --json` at work, its first drawing done. */
async function watching(made: Scratch): Promise<Watching> {
  let child: ChildProcess | undefined;
  let out = '';
  const run = made.start(['overlaps', '--watch', '--json'], { onSpawn: (spawned) => { child = spawned; } });
  child?.stdout?.on('data', (chunk: Buffer) => { out += chunk.toString('utf8'); });
  const drawings: Watching['drawings'] = () => out.split(/(?<=^\}\n)/m).filter((text) => text.endsWith('\n}\n')).map((text) => JSON.parse(text) as ReturnType<Watching['drawings']>[number]);
  const until: Watching['until'] = async (path, conflict) => vi.waitFor(() => {
    expect(drawings().at(-1)?.overlaps.some((overlap) => overlap.path === path && overlap.verdict === 'conflict')).toBe(conflict);
  }, { timeout: 30_000, interval: 20 });
  await vi.waitFor(() => expect(drawings()).toHaveLength(1), { timeout: 30_000, interval: 20 });
  return { drawings, until, end: async (signal) => { child?.kill(signal); return run; } };
}

describe('overlaps --watch', () => {
  it('draws anew at an edit, in a new folder too, at a commit and at a landing, and Ctrl-C ends it with 0', async () => {
    const made = team('claude', 'glm');
    const [claude, glm] = [made.worktree('claude'), made.worktree('glm')];
    made.write({ 'app.txt': 'claude\n' }, claude);
    const { until, end } = await watching(made);
    made.write({ 'app.txt': 'glm\n' }, glm);
    await until('app.txt', true);
    made.git(['checkout', '-q', 'app.txt'], { cwd: glm });
    await until('app.txt', false);
    mkdirSync(join(glm, 'deep/er'), { recursive: true });
    made.write({ 'deep/er/file': 'glm\n' }, glm);
    made.write({ 'deep/er/file': 'claude\n' }, claude);
    await until('deep/er/file', true);
    rmSync(join(glm, 'deep'), { recursive: true });
    made.commit({ 'README.md': 'glm\n' }, 'glm works', glm);
    made.commit({ 'README.md': 'main\n' }, 'main moves');
    await until('README.md', true);
    expect(expectDone(await end('SIGINT')).stderr).toBe('');
  });

  // Seen to fail with the copies of indexes in the git directories, and every name there taken for a change.
  it('a drawing is no change itself, so that nothing happens while nothing changes', async () => {
    const made = team('claude', 'glm');
    made.write({ 'app.txt': 'claude\n' }, made.worktree('claude'));
    const looked = new Map<string, number>();
    const counted = (place: WatchedPlace): WatchedPlace => ({ ...place, folders: async () => { looked.set(place.key, (looked.get(place.key) ?? 0) + 1); return place.folders(); } });
    const bell = join(made.folder, 'bell');
    mkdirSync(bell);
    const places = [...watchedPlaces(await openRepository(made.repo, made.env)), { key: 'bell', folders: async () => [{ path: Buffer.from(bell), names: null }], signature: async () => '' }].map(counted);
    const changes = watchChanges({ mostFolders: 1000, pollMs: 1000 });
    await changes.cover(places);
    await overlapsIn(made);
    // The system tells of changes in their order, and only places that have changed are looked at anew.
    made.write({ rung: '' }, bell);
    await changes.changed();
    await changes.cover(places);
    changes.close();
    expect(Object.fromEntries(looked)).toEqual({ '': 1, [made.worktree('claude')]: 1, [made.worktree('glm')]: 1, bell: 2 });
  });

  it('what the system cannot watch is looked at now and then', async () => {
    const made = team('claude', 'glm');
    made.write({ 'app.txt': 'claude\n' }, made.worktree('claude'));
    let how = '';
    const context = { cwd: made.repo, env: made.env, narrate: () => undefined, confirm: null };
    await watchOverlaps(context, { names: [], log: false }, ({ overlaps }, watched) => {
      how = watched;
      if (overlaps.length > 0) process.emit('SIGINT');
      else made.write({ 'app.txt': 'glm\n' }, made.worktree('glm'));
    }, { mostFolders: 0, pollMs: 20 });
    expect(how).toMatch(/looked at every/);
  });
});
