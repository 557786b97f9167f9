import type { RepoPath } from '../core/ids.ts';
import type { Git } from './git.ts';

/** The ignored files and folders of a worktree, the topmost only; a folder that is ignored as a whole ends in `/`. */
export async function ignoredEntries(git: Git, worktree: string): Promise<RepoPath[]> {
  return topmost(await listOthers(git, worktree, ['--exclude-standard']));
}

/** Which of a worktree's ignored files and folders these patterns (gitignore(5)) or those of a file select. */
export async function ignoredMatching(git: Git, worktree: string, patterns: readonly string[], patternFile: string | null): Promise<RepoPath[]> {
  const excludes = [...patterns.map((pattern) => `--exclude=${pattern}`), ...(patternFile === null ? [] : [`--exclude-from=${patternFile}`])];
  if (excludes.length === 0) return [];
  const selected = await listOthers(git, worktree, excludes);
  const ignored = await ignoredOf(git, worktree, selected);
  return topmost(selected.filter((path) => ignored.has(path)));
}

/** Those of the paths that are ignored. */
export async function ignoredOf(git: Git, worktree: string, paths: readonly RepoPath[]): Promise<ReadonlySet<RepoPath>> {
  if (paths.length === 0) return new Set();
  const out = await git.bytes(['check-ignore', '-z', '--stdin'], {
    cwd: worktree, accept: [0, 1], input: Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1'),
  });
  return new Set(out.split('\0').filter((path) => path !== '') as RepoPath[]);
}

async function listOthers(git: Git, worktree: string, excludes: readonly string[]): Promise<RepoPath[]> {
  const out = await git.bytes(['ls-files', '-z', '--others', '--ignored', '--directory', ...excludes], { cwd: worktree });
  return out.split('\0').filter((path) => path !== '') as RepoPath[];
}

/** Git lists a folder and what is in it: the folder is enough. */
function topmost(paths: readonly RepoPath[]): RepoPath[] {
  const folders = new Set<string>(paths.filter((path) => path.endsWith('/')));
  return paths.filter((path) => {
    for (let slash = path.indexOf('/'); slash >= 0 && slash < path.length - 1; slash = path.indexOf('/', slash + 1)) {
      if (folders.has(path.slice(0, slash + 1))) return false;
    }
    return true;
  });
}
