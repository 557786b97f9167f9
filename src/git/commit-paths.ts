import type { CommitId, RepoPath } from '../core/ids.ts';
import type { Git } from './git.ts';

/** The paths that each of these commits, none of them a merge, changes against its parent; old names of renames included. One process. */
export async function commitPaths(git: Git, ids: readonly CommitId[]): Promise<Map<CommitId, RepoPath[]>> {
  const found = new Map<CommitId, RepoPath[]>();
  if (ids.length === 0) return found;
  const out = await git.bytes(['diff-tree', '--stdin', '-r', '-z', '--always', '--root', '--name-only', '--no-renames', '--no-ext-diff'], { input: ids.map((id) => `${id}\n`).join('') });
  let next = 0;
  let paths: RepoPath[] = [];
  for (const field of out.split('\0')) {
    // The commits come in their order, so a path that looks like an id is none.
    if (field === ids[next]) {
      found.set(field as CommitId, paths = []);
      next += 1;
    } else if (field !== '') paths.push(field as RepoPath);
  }
  return found;
}
