import { createHash } from 'node:crypto';
import { branchRef } from '../../core/ids.ts';
import { plural } from '../../core/text.ts';
import { lstatIfThere } from '../../git/on-disk.ts';
import { listRefs } from '../../git/refs.ts';
import { openRepository, type Repository } from '../../git/repository.ts';
import { refFolders, worktreeFolders } from '../../git/watched-folders.ts';
import { changedPaths } from '../../git/worktree-state.ts';
import type { Worktree } from '../../git/worktrees.ts';
import { Interrupted } from '../../process/interruption.ts';
import type { Context } from '../context.ts';
import { watchChanges, type ChangeWatch, type WatchedPlace, type WatchLimits } from './change-watch.ts';
import { findOverlaps, type Overlaps, type OverlapsInput } from './overlaps.ts';

const LIMITS: WatchLimits = { mostFolders: 10_000, pollMs: 2_000 };

/**
 * Draws the overlaps, and again whenever something has changed that they depend on, until Ctrl-C; answers what was drawn last.
 * `watching` says how changes are noticed.
 */
export async function watchOverlaps(context: Context, input: OverlapsInput, draw: (found: Overlaps, watching: string) => void, limits = LIMITS): Promise<Overlaps> {
  const changes = watchChanges(limits);
  let stopped = false;
  let stop: () => void = () => undefined;
  const stopping = new Promise<void>((resolve) => { stop = resolve; });
  const onSignal = (): void => {
    stopped = true;
    stop();
  };
  process.once('SIGINT', onSignal);
  let last: Overlaps | null = null;
  try {
    for (;;) {
      const repo = await openRepository(context.cwd, context.env);
      const places = watchedPlaces(repo);
      // Watched before they are looked at: what changes meanwhile is not missed.
      await changes.cover(places);
      last = await findOverlaps(context, input);
      draw(last, howText(changes, places));
      await Promise.race([changes.changed(), stopping]);
      if (stopped) return last;
    }
  } catch (error) {
    // The terminal's Ctrl-C reaches the git processes of a drawing as well.
    if (!stopped) throw error;
    if (last === null) throw new Interrupted('SIGINT', 'the first drawing');
    return last;
  } finally {
    process.removeListener('SIGINT', onSignal);
    changes.close();
  }
}

/** All that overlaps depend on: refs, and each linked worktree. */
export function watchedPlaces(repo: Repository): WatchedPlace[] {
  const linked = repo.worktrees.flatMap((worktree) => (worktree.gitDir === null || worktree.prunable ? [] : [{ ...worktree, gitDir: worktree.gitDir }]));
  return [
    {
      key: '', folders: async () => refFolders(repo.commonDir),
      signature: async () => JSON.stringify([await listRefs(repo.git, branchRef('')), repo.worktrees.length]),
    },
    ...linked.map((worktree) => ({
      key: worktree.path, folders: async () => worktreeFolders(repo.git, worktree), signature: async () => signatureOf(repo, worktree),
    })),
  ];
}

/** What differs after a change of the worktree's files; a file that is edited again has another time. */
async function signatureOf({ git }: Repository, { path }: Worktree): Promise<string> {
  const changed = await changedPaths(git, path, true);
  const times = changed.map((entry) => lstatIfThere(path, entry.path)?.mtimeMs ?? 0);
  return createHash('sha256').update(JSON.stringify([changed, times])).digest('hex');
}

function howText(changes: ChangeWatch, places: readonly WatchedPlace[]): string {
  const polled = changes.polled();
  const told = `watching ${plural(places.length - 1, 'worktree')}`;
  return polled === 0 ? `${told}; the system tells of changes` : `${told}; ${polled} of them looked at every ${LIMITS.pollMs / 1000} s, which the system cannot watch`;
}
