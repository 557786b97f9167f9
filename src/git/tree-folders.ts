import type { CommitId } from '../core/ids.ts';
import type { FolderNames } from '../core/path-twins.ts';
import type { Git } from './git.ts';
import { readObjects } from './objects.ts';

/** What these folders of a commit hold, in one process; `''` is the top. One that is not there is left out. */
export async function folderNames(git: Git, commit: CommitId, folders: readonly string[]): Promise<FolderNames> {
  const trees = await readObjects(git, folders.map((folder) => `${commit}:${folder}`));
  const idBytes = commit.length / 2;
  return new Map(folders.flatMap((folder, index) => {
    const tree = trees[index] ?? null;
    return tree === null ? [] : [[folder, new Set(namesIn(tree, idBytes))] as const];
  }));
}

/** Reads `MODE SP NAME NUL ID` entries. */
function namesIn(tree: Buffer, idBytes: number): string[] {
  const names: string[] = [];
  for (let at = 0; at < tree.length;) {
    const end = tree.indexOf(0, at);
    names.push(tree.toString('latin1', tree.indexOf(0x20, at) + 1, end));
    at = end + 1 + idBytes;
  }
  return names;
}
