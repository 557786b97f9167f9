import type { CommitId, RepoPath } from '../core/ids.ts';
import type { Git } from './git.ts';

/** The paths that the commit has not and that stand in the index without content, as `git add --intent-to-add` puts them there. */
export async function intendedPaths(there: Git, commit: CommitId): Promise<RepoPath[]> {
  const added = async (...options: readonly string[]): Promise<string[]> =>
    (await there.bytes(['diff-index', '--cached', '--name-only', '--no-renames', '--diff-filter=A', '-z', ...options, commit, '--'])).split('\0').filter((path) => path !== '');
  const all = await added();
  if (all.length === 0) return [];
  const withContent = new Set(await added('--ita-invisible-in-index'));
  return all.filter((path) => !withContent.has(path)) as RepoPath[];
}
