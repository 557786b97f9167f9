import { rmSync } from 'node:fs';
import type { TreeId } from '../core/ids.ts';
import type { PathEdit } from '../core/settled-path.ts';
import type { Git } from './git.ts';

/** The tree with other entries at some paths (git-update-index(1), --index-info); a file takes the place of a folder, and the other way round. `index` is where an index may be for the while. */
export async function editedTree(git: Git, tree: TreeId, edits: readonly PathEdit[], index: string): Promise<TreeId> {
  const there = git.with({ GIT_INDEX_FILE: index });
  // First what goes, so that it does not take along what comes in its place.
  const ordered = [...edits.filter(({ entry }) => entry === null), ...edits.filter(({ entry }) => entry !== null)];
  const none = '0'.repeat(tree.length);
  try {
    await there.run(['read-tree', tree]);
    const input = Buffer.from(ordered.map(({ path, entry }) => `${entry?.mode ?? '0'} ${entry?.blob ?? none}\t${path}\0`).join(''), 'latin1');
    await there.run(['update-index', '-z', '--index-info'], { input });
    // In a partial clone most objects are not here.
    return (await there.text(['write-tree', '--missing-ok'])) as TreeId;
  } finally {
    rmSync(index, { force: true });
    rmSync(`${index}.lock`, { force: true });
  }
}
