import { readdirSync } from 'node:fs';
import type { RepoPath } from '../core/ids.ts';
import type { Checkout } from './worktrees.ts';
import type { TreeChange } from './diff.ts';
import type { Git } from './git.ts';
import { flaggedPaths, hiddenChanges, type FlaggedPath } from './hidden-changes.ts';
import { lstatIfThere, onDisk } from './on-disk.ts';
import { submodulesInTheWay, type SubmoduleInTheWay } from './submodules.ts';
import { changedPaths, type ChangedPath } from './worktree-state.ts';

/** What a move would touch and its worktree's user has changed. */
export interface InTheWay {
  readonly paths: readonly RepoPath[];
  readonly submodules: readonly SubmoduleInTheWay[];
}

/** A worktree as it was looked at: what its user has there that no commit holds, whatever is to move. */
export interface Look {
  readonly checkout: Checkout;
  readonly changed: readonly ChangedPath[];
  readonly flagged: readonly FlaggedPath[];
}

/** Looks at a worktree. */
export async function lookAt(git: Git, checkout: Checkout): Promise<Look> {
  const [changed, flagged] = await Promise.all([changedPaths(git, checkout.worktree, true), flaggedPaths(git, checkout.worktree)]);
  return { checkout, changed, flagged };
}

/**
 * What of these changes a worktree's user has changed: tracked, also where git was told not to look, untracked or ignored;
 * and the populated submodules that cannot follow.
 */
export async function inTheWay(git: Git, { checkout, changed, flagged }: Look, changes: readonly TreeChange[]): Promise<InTheWay> {
  const { worktree } = checkout;
  const hidden = await hiddenChanges(git, checkout, flagged, changes);
  const users = new Set<string>([...changed.map((change) => change.path), ...hidden]);
  const submodules = await submodulesInTheWay(git, worktree, changes, users);
  const named = new Set(submodules.map(({ path }) => path));
  const standing = new Set(standingInTheWay(worktree, changes));
  const touched = changes.map(({ path }) => path).filter((path) => !named.has(path) && (standing.has(path) || touchesAny(users, path)));
  return { paths: touched, submodules };
}

/** The same as paths only, the worktree looked at now. */
export async function pathsInTheWay(git: Git, checkout: Checkout, changes: readonly TreeChange[] | Promise<readonly TreeChange[]>): Promise<RepoPath[]> {
  const [look, known] = await Promise.all([lookAt(git, checkout), changes]);
  const { paths, submodules } = await inTheWay(git, look, known);
  return [...paths, ...submodules.map(({ path }) => path)];
}

/**
 * Added paths where something lies on the disk already, ignored files too, which git would overwrite without a word.
 * What the same move takes away is not in the way.
 */
export function standingInTheWay(worktree: string, changes: readonly TreeChange[]): RepoPath[] {
  const leaving = new Set<string>(changes.filter((change) => change.status === 'D').map((change) => change.path));
  return changes.filter((change) => change.status === 'A' && somethingStandsAt(worktree, change.path, leaving)).map((change) => change.path);
}

/** Whether the path is one of these, lies below one, or is a folder above one. */
function touchesAny(paths: ReadonlySet<string>, path: string): boolean {
  if (paths.has(path)) return true;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) if (paths.has(path.slice(0, slash))) return true;
  for (const other of paths) if (other.startsWith(`${path}/`)) return true;
  return false;
}

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

/** Whether everything below a folder, ignored files included, goes with the move. */
function allLeave(worktree: string, folder: string, leaving: ReadonlySet<string>): boolean {
  return readdirSync(onDisk(worktree, folder), { encoding: 'latin1', withFileTypes: true }).every((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? allLeave(worktree, path, leaving) : leaving.has(path);
  });
}
