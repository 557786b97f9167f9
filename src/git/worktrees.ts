import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { branchName, type CommitId } from '../core/ids.ts';
import type { Git } from './git.ts';

/** One worktree as `git worktree list --porcelain` tells it. */
export interface Worktree {
  readonly path: string;
  readonly head: CommitId | null;
  /** Short branch name; null when detached or bare. */
  readonly branch: string | null;
  readonly bare: boolean;
  readonly locked: boolean;
  /** Its folder is gone or was moved. */
  readonly prunable: boolean;
  /** Its own git directory below `<common>/worktrees`; null for the main worktree. */
  readonly gitDir: string | null;
}

/** All worktrees, the main one first. */
export async function listWorktrees(git: Git, commonDir: string): Promise<Worktree[]> {
  const out = (await git.run(['worktree', 'list', '--porcelain', '-z'])).stdout.toString('utf8');
  return parseWorktreeList(out, worktreeGitDirs(commonDir));
}

/** Parses the `-z` form: attributes end in NUL, a worktree ends in an empty attribute. */
export function parseWorktreeList(out: string, gitDirs: ReadonlyMap<string, string>): Worktree[] {
  const worktrees: Worktree[] = [];
  for (const block of out.split('\0\0')) {
    const attributes = new Map(block.split('\0').filter((line) => line !== '').map((line) => {
      const space = line.indexOf(' ');
      return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
    }));
    const path = attributes.get('worktree');
    if (path === undefined) continue;
    const head = attributes.get('HEAD');
    worktrees.push({
      path,
      head: head === undefined || /^0+$/.test(head) ? null : (head as CommitId),
      branch: branchName(attributes.get('branch') ?? ''),
      bare: attributes.has('bare'),
      locked: attributes.has('locked'),
      prunable: attributes.has('prunable'),
      gitDir: worktrees.length === 0 ? null : (gitDirs.get(path) ?? null),
    });
  }
  return worktrees;
}

/** Worktree path → its git directory, read from `<common>/worktrees/<id>/gitdir` (gitrepository-layout(5)). */
export function worktreeGitDirs(commonDir: string): Map<string, string> {
  const result = new Map<string, string>();
  for (const id of folderNames(join(commonDir, 'worktrees'))) {
    const gitDir = join(commonDir, 'worktrees', id);
    try {
      const pointer = readFileSync(join(gitDir, 'gitdir'), 'utf8').trimEnd();
      result.set(dirname(resolve(gitDir, pointer)), gitDir);
    } catch {
      // Half made or half removed: git lists it as prunable, or not at all.
    }
  }
  return result;
}

function folderNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
