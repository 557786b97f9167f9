import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RepoPath } from '../core/ids.ts';
import type { Git } from './git.ts';
import { onDisk } from './on-disk.ts';

/** A folder in which something tells of a change: any name but git's lock files, or one of `names` only. */
export interface WatchedFolder {
  readonly path: Buffer;
  readonly names: ReadonlySet<string> | null;
}

const GIT_FILES = new Set(['HEAD', 'index', 'MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply']);

/** The folders in which branches and worktrees come, move and go. */
export function refFolders(commonDir: string): WatchedFolder[] {
  const below = (folder: string): string[] => [folder, ...subfolders(Buffer.from(folder)).flatMap((name) => below(join(folder, name.toString('utf8'))))];
  return [
    { path: Buffer.from(commonDir), names: new Set(['packed-refs', 'worktrees']) },
    ...[...below(join(commonDir, 'refs', 'heads')), join(commonDir, 'worktrees')].map((folder) => ({ path: Buffer.from(folder), names: null })),
  ];
}

/** A worktree's folders with what git does not ignore, empty ones too, and its own git directory. */
export async function worktreeFolders(git: Git, worktree: { path: string; gitDir: string }): Promise<WatchedFolder[]> {
  const list = async (...args: string[]): Promise<string[]> =>
    (await git.bytes(['ls-files', '-z', '--others', '--exclude-standard', '--directory', ...args], { cwd: worktree.path })).split('\0').filter((path) => path !== '');
  const [kept, ignored] = await Promise.all([list('--cached'), list('--ignored')]);
  const folders = new Set<string>(['']);
  for (const path of kept) for (let end = path.lastIndexOf('/'); end > 0 && !folders.has(path.slice(0, end)); end = path.lastIndexOf('/', end - 1)) folders.add(path.slice(0, end));
  const skipped = new Set(ignored.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1)));
  // Git tells of an untracked folder without what is below it.
  const waiting = kept.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1));
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (skipped.has(folder)) continue;
    folders.add(folder);
    for (const name of subfolders(onDisk(worktree.path, folder as RepoPath))) waiting.push(`${folder}/${name.toString('latin1')}`);
  }
  return [{ path: Buffer.from(worktree.gitDir), names: GIT_FILES }, ...[...folders].map((folder) => ({ path: onDisk(worktree.path, folder), names: null }))];
}

function subfolders(folder: Buffer): Buffer[] {
  try {
    return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' }).filter((entry) => entry.isDirectory() && entry.name.toString() !== '.git').map((entry) => entry.name);
  } catch {
    // It is gone by now, or not ours to read.
    return [];
  }
}
