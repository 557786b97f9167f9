import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Repository } from '../../git/repository.ts';
import { linkedGitDir } from '../../git/worktrees.ts';

/** Where a worktree that is not at its old place was moved to by hand: beside that place, or beside the repository; null where not. */
export function findMoved(repo: Repository, worktree: { path: string; gitDir: string }): string | null {
  const around = [dirname(worktree.path), dirname(dirname(worktree.path)), dirname(repo.mainWorktree ?? repo.commonDir)];
  for (const folder of new Set(around)) {
    const found = subfolders(folder).find((candidate) => linkedGitDir(candidate) === worktree.gitDir);
    if (found !== undefined) return found;
  }
  return null;
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}
