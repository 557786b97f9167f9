import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Repository } from '../../git/repository.ts';

/** Where a worktree that is not at its old place was moved to by hand: beside that place, or beside the repository; null where not. */
export function findMoved(repo: Repository, worktree: { path: string; gitDir: string }): string | null {
  const around = [dirname(worktree.path), dirname(dirname(worktree.path)), dirname(repo.mainWorktree ?? repo.commonDir)];
  for (const folder of new Set(around)) {
    const found = subfolders(folder).find((candidate) => linkedGitDir(candidate) === worktree.gitDir);
    if (found !== undefined) return found;
  }
  return null;
}

/** The git directory that a worktree's `.git` file names, or null where the folder is no linked worktree. */
function linkedGitDir(folder: string): string | null {
  try {
    const pointer = /^gitdir: (.*?)\n*$/s.exec(readFileSync(join(folder, '.git'), 'utf8'))?.[1];
    return pointer === undefined ? null : resolve(folder, pointer);
  } catch {
    return null;
  }
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}
