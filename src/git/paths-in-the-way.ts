import { lstatSync, readdirSync, type Stats } from 'node:fs';
import type { RepoPath } from '../core/ids.ts';
import type { Checkout } from './checkout.ts';
import type { TreeChange } from './diff.ts';
import type { Git } from './git.ts';
import { changedPaths } from './worktree-state.ts';

/** Paths that a landing would touch and that the worktree's user has changed: tracked, untracked or ignored. */
export async function pathsInTheWay(git: Git, checkout: Checkout, changes: readonly TreeChange[]): Promise<RepoPath[]> {
  const users = new Set<string>((await changedPaths(git, checkout.worktree, true)).map((change) => change.path));
  const leaving = new Set<string>(changes.filter((change) => change.status === 'D').map((change) => change.path));
  return changes
    .filter((change) => touchesAny(users, change.path) || (change.status === 'A' && somethingStandsAt(checkout.worktree, change.path, leaving)))
    .map((change) => change.path);
}

/** Whether the path is one of these, lies below one, or is a folder above one. */
function touchesAny(paths: ReadonlySet<string>, path: string): boolean {
  if (paths.has(path)) return true;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) if (paths.has(path.slice(0, slash))) return true;
  for (const other of paths) if (other.startsWith(`${path}/`)) return true;
  return false;
}

/**
 * An added path where something lies on the disk already, ignored files too, which git would overwrite without a word.
 * What the same landing takes away (`leaving`) is not in the way.
 */
function somethingStandsAt(worktree: string, path: string, leaving: ReadonlySet<string>): boolean {
  const parts = path.split('/');
  for (let count = 1; count <= parts.length; count += 1) {
    const place = parts.slice(0, count).join('/');
    const found = lstatIfThere(worktree, place);
    if (found === null || leaving.has(place)) return false;
    if (count === parts.length) return !found.isDirectory() || !allLeave(worktree, place, leaving);
    if (!found.isDirectory()) return true;
  }
  return false;
}

/** Whether everything below a folder, ignored files included, goes with the landing. */
function allLeave(worktree: string, folder: string, leaving: ReadonlySet<string>): boolean {
  return readdirSync(onDisk(worktree, folder), { encoding: 'latin1', withFileTypes: true }).every((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? allLeave(worktree, path, leaving) : leaving.has(path);
  });
}

/** The file's facts, links not followed; null where nothing is. */
export function lstatIfThere(worktree: string, path: string): Stats | null {
  try {
    return lstatSync(onDisk(worktree, path));
  } catch {
    return null;
  }
}

/** A path's bytes below a folder, for the file system. */
export function onDisk(worktree: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${worktree}/`, 'utf8'), Buffer.from(path, 'latin1')]);
}
