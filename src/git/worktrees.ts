import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { refusal } from '../core/errors.ts';
import { branchName, type CommitId } from '../core/ids.ts';
import type { Git } from './git.ts';

const LIST_ATTEMPTS = 20;
const LIST_PAUSE_MS = 25;

/** One worktree as `git worktree list --porcelain` tells it. */
export interface Worktree {
  readonly path: string;
  readonly head: CommitId | null;
  /** Short branch name; null when detached or bare. */
  readonly branch: string | null;
  readonly bare: boolean;
  readonly locked: boolean;
  /** Its folder, or the `.git` file in it, is gone; locked ones included. */
  readonly prunable: boolean;
  /** Its `.git` file leads somewhere else than to `gitDir`: the repository was moved by hand. */
  readonly disconnected: boolean;
  /** Its own git directory below `<common>/worktrees`; null for the main worktree. */
  readonly gitDir: string | null;
}

/** A worktree that has a branch checked out and moves along with it. */
export interface Checkout {
  readonly worktree: string;
  readonly gitDir: string;
}

/**
 * All worktrees, the main one first.
 * Errors: `worktree-broken` where one is so incomplete that git cannot list any.
 */
export async function listWorktrees(git: Git, commonDir: string | Promise<string>): Promise<Worktree[]> {
  for (let attempt = 1; ; attempt += 1) {
    const [result, common] = await Promise.all([git.run(['worktree', 'list', '--porcelain', '-z'], { accept: [0, 128] }), commonDir]);
    if (result.exitCode === 0) return parseWorktreeList(result.stdout.toString('utf8'), worktreeGitDirs(common)).map(withMissing);
    // While another process adds a worktree, its files are there for a moment without their content.
    if (attempt === LIST_ATTEMPTS) throw broken(result.stderr.toString('utf8').trim());
    await sleep(LIST_PAUSE_MS);
  }
}

/** Git does not call a locked worktree prunable, though its folder may be gone as well, and never looks into its `.git` file. */
function withMissing(worktree: Worktree): Worktree {
  if (worktree.gitDir === null || worktree.prunable) return worktree;
  const prunable = !existsSync(join(worktree.path, '.git'));
  return { ...worktree, prunable, disconnected: !prunable && !isSameFolder(linkedGitDir(worktree.path), worktree.gitDir) };
}

/** The git directory that a linked worktree's `.git` file names, or null where the folder is no linked worktree. */
export function linkedGitDir(folder: string): string | null {
  try {
    const pointer = /^gitdir: (.*?)\n*$/s.exec(readFileSync(join(folder, '.git'), 'utf8'))?.[1];
    return pointer === undefined ? null : resolve(folder, pointer);
  } catch {
    return null;
  }
}

function isSameFolder(a: string | null, b: string): boolean {
  if (a === null || a === b) return a === b;
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}

function broken(said: string): Error {
  const folder = /failed to read '?(.*)\/commondir/.exec(said)?.[1];
  return refusal(
    'worktree-broken', `git cannot list the worktrees: ${said}`,
    folder === undefined ? 'git worktree list' : `a worktree was left half made: once no git process is at work, rm -r ${folder}`,
  );
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
      disconnected: false,
      gitDir: worktrees.length === 0 ? null : (gitDirs.get(path) ?? null),
    });
  }
  return worktrees;
}

/** Worktree path → its git directory, read from `<common>/worktrees/<id>/gitdir` (gitrepository-layout(5)). */
export function worktreeGitDirs(commonDir: string): Map<string, string> {
  const result = new Map<string, string>();
  for (const id of adminFolders(commonDir)) {
    const gitDir = join(commonDir, 'worktrees', id);
    try {
      const pointer = readFileSync(join(gitDir, 'gitdir'), 'utf8').trimEnd();
      if (pointer !== '') result.set(dirname(resolve(gitDir, pointer)), gitDir);
    } catch {
      // Half made or half removed: git lists it as prunable, or not at all.
    }
  }
  return result;
}

/** The names of the folders that git keeps for linked worktrees, broken ones included. */
export function adminFolders(commonDir: string): string[] {
  try {
    return readdirSync(join(commonDir, 'worktrees'));
  } catch {
    return [];
  }
}
