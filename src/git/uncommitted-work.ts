import { rmSync } from 'node:fs';
import type { CommitId, RepoPath, TreeId } from '../core/ids.ts';
import { ownCommit } from './commits.ts';
import type { Git } from './git.ts';
import { copyIndex } from './index-copy.ts';

/** What a worktree holds, as a commit. */
export interface WorktreeWork {
  /** HEAD itself where nothing is uncommitted. */
  readonly commit: CommitId;
  /** Paths that differ from HEAD, untracked ones included. */
  readonly uncommitted: ReadonlySet<RepoPath>;
  /** Folders, with a slash at the end, that hold a repository of their own: left out. */
  readonly nested: readonly RepoPath[];
}

/**
 * A commit of all that a worktree holds and git does not ignore, on top of its HEAD; index, files and refs stay as they are.
 * `index` is where a copy of its index may be for the while. Repositories nested in the worktree are left out.
 * Errors: `process-failed`, as where a file cannot be read.
 */
export async function worktreeWork(git: Git, worktree: { path: string; gitDir: string; head: CommitId }, index: string): Promise<WorktreeWork> {
  const there = git.at(worktree.path);
  const all = await statusEntries(there, []);
  const nested = all.filter(isNested).map(pathOf);
  const entries = all.filter((entry) => !isNested(entry));
  if (entries.length === 0) return { commit: worktree.head, uncommitted: new Set(), nested };
  const copied = there.with({ GIT_INDEX_FILE: index });
  try {
    copyIndex(worktree.gitDir, index);
    await takeUpFiles(copied, entries);
    const tree = (await copied.text(['write-tree'])) as TreeId;
    return { commit: await ownCommit(there, { tree, parents: [worktree.head], message: 'uncommitted work\n' }), uncommitted: new Set(entries.map(pathOf)), nested };
  } finally {
    rmSync(index, { force: true });
    rmSync(`${index}.lock`, { force: true });
  }
}

/** A path with the two letters of git-status(1) before it. */
export type StatusEntry = string;

/** What differs from HEAD in the worktree that `there` is in, untracked files included, below these pathspecs or all. Repositories nested in it are left out. */
export async function uncommittedEntries(there: Git, pathspecs: readonly string[]): Promise<StatusEntry[]> {
  return (await statusEntries(there, pathspecs)).filter((entry) => !isNested(entry));
}

async function statusEntries(there: Git, pathspecs: readonly string[]): Promise<StatusEntry[]> {
  const status = await there.bytes(['status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=dirty', '--', ...pathspecs]);
  return status.split('\0').filter((entry) => entry !== '');
}

/** A nested repository is told as a folder. */
function isNested(entry: StatusEntry): boolean {
  return entry.endsWith('/');
}

/** Brings the index that `copied` names to what lies in the worktree at these entries. */
export async function takeUpFiles(copied: Git, entries: readonly StatusEntry[]): Promise<void> {
  // A folder may stand where the file was, and what is removed from the index already may be untracked there.
  const gone = entries.filter((entry) => /^[ MTA]D /.test(entry)).map(pathOf);
  const present = entries.filter((entry) => !/^(?:[ MTA]D|D ) /.test(entry)).map(pathOf);
  const update = async (paths: readonly RepoPath[], ...how: readonly string[]): Promise<void> => {
    if (paths.length > 0) await copied.run(['update-index', ...how, '-z', '--stdin'], { input: Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1') });
  };
  await update(gone, '--force-remove');
  await update(present, '--add', '--remove', '--replace');
}

/** The path of an entry. */
export function pathOf(entry: StatusEntry): RepoPath {
  return entry.slice(3) as RepoPath;
}
