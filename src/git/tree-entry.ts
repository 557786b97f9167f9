import type { BlobId, CommitId, RepoPath, TreeId } from '../core/ids.ts';
import { bytesOf, showPath } from '../core/text.ts';
import type { Git } from './git.ts';

/** The mode of a folder. */
export const FOLDER = '040000';

/** What a commit has at a path. */
export interface TreeEntry {
  readonly path: RepoPath;
  /** As in a tree: `100644`, `100755`, `120000` a link, `160000` a submodule, `040000` a folder. */
  readonly mode: string;
  readonly id: BlobId;
}

/**
 * What a commit has at a path that somebody typed, from the top on; null for nothing. A path that is no UTF-8, or holds what a
 * terminal acts on, is found by the text that it is shown as.
 */
export async function entryAt(git: Git, commit: CommitId, typed: string): Promise<TreeEntry | null> {
  const path = bytesOf(typed) as RepoPath;
  const exact = await list(git, [commit, '--', `:(literal)${typed}`]);
  const found = exact.find((entry) => entry.path === path);
  if (found !== undefined || !/[\\\ufffd]/.test(typed)) return found ?? null;
  // Node gives what is no UTF-8 on the command line as U+FFFD.
  const shown = (await list(git, ['-r', '-t', commit])).filter((entry) => showPath(entry.path) === typed || Buffer.from(entry.path, 'latin1').toString('utf8') === typed);
  return shown.length === 1 ? (shown[0] ?? null) : null;
}

/** Every folder of a tree, at any depth. */
export async function foldersIn(git: Git, tree: TreeId): Promise<{ readonly path: RepoPath; readonly id: TreeId }[]> {
  return (await list(git, ['-r', '-d', tree])).map(({ path, id }) => ({ path, id: id as string as TreeId }));
}

async function list(git: Git, args: readonly string[]): Promise<TreeEntry[]> {
  const out = await git.bytes(['ls-tree', '-z', '--full-tree', ...args]);
  return out.split('\0').filter((line) => line !== '').map((line) => {
    const [mode = '', , id = ''] = line.split(/[ \t]/, 3);
    return { path: line.slice(line.indexOf('\t') + 1) as RepoPath, mode, id: id as BlobId };
  });
}
