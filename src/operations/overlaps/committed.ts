import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PatchHunk } from '../../core/patch-hunks.ts';
import type { CommitId, RepoPath, TreeId } from '../../core/ids.ts';
import { manyBlobHunks } from '../../git/blob-hunks.ts';
import { ownCommit } from '../../git/commits.ts';
import { treeChanges, type TreeChange } from '../../git/diff.ts';
import type { Git } from '../../git/git.ts';
import { emptyTree } from '../../git/objects.ts';
import { resolveCommit } from '../../git/refs.ts';

/** A commit that was made just now, or that is about to be made of what is staged. */
export interface Committed {
  readonly commit: CommitId;
  readonly parent: CommitId | null;
  readonly changes: ReadonlyMap<RepoPath, TreeChange>;
}

/** HEAD of the worktree that `git` is in. */
export async function headCommit(git: Git): Promise<Committed> {
  const [commit = '', parent] = (await git.text(['rev-list', '-1', '--parents', 'HEAD'])).split(' ');
  return changedBy(git, commit as CommitId, (parent ?? null) as CommitId | null);
}

/** What `index` holds, as a commit on top of HEAD; `folder` is where a copy of it may be: git writes into an index that it reads. */
export async function stagedCommit(git: Git, index: string, folder: string): Promise<Committed> {
  const copy = join(folder, 'staged-index');
  copyFileSync(resolve(git.cwd, index), copy);
  const [tree, parent] = await Promise.all([git.text(['write-tree'], { env: { GIT_INDEX_FILE: copy } }), resolveCommit(git, 'HEAD')]);
  return changedBy(git, await ownCommit(git, { tree: tree as TreeId, parents: parent === null ? [] : [parent], message: 'staged\n' }), parent);
}

async function changedBy(git: Git, commit: CommitId, parent: CommitId | null): Promise<Committed> {
  const changes = await treeChanges(git, parent ?? await emptyTree(git), commit);
  return { commit, parent, changes: new Map(changes.map((change) => [change.path, change])) };
}

/** The commit's own hunks in those of its paths whose lines it changed; a path that it made or deleted is not among them. */
export async function ownHunks(git: Git, { changes }: Committed, paths: ReadonlySet<RepoPath>): Promise<Map<RepoPath, PatchHunk[]>> {
  const modified = [...changes.values()].filter(({ path, status }) => status === 'M' && paths.has(path));
  const hunks = await manyBlobHunks(git, modified.map(({ oldBlob, newBlob }) => [oldBlob, newBlob]));
  return new Map(modified.map(({ path }, index) => [path, hunks[index] ?? []]));
}
