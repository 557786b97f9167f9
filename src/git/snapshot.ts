import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitId, RepoPath, TreeId } from '../core/ids.ts';
import { ownCommit } from './commits.ts';
import type { Git } from './git.ts';
import { copyIndex } from './index-copy.ts';
import { treeOf } from './objects.ts';
import { resolveCommit } from './refs.ts';

/**
 * A commit of all that a worktree holds and git does not ignore, on top of its HEAD; index, files and refs stay as they
 * are. Its second parent is a commit of what was staged, where that is something else again. Repositories nested in
 * the worktree, `leftOut`, have no place in a commit.
 */
export async function snapshotWorktree(git: Git, worktree: { path: string; gitDir: string }, leftOut: readonly RepoPath[], message: string): Promise<CommitId> {
  const there = git.at(worktree.path);
  const { gitDir } = worktree;
  const index = join(gitDir, 'aiteam-snapshot-index');
  const env = { GIT_INDEX_FILE: index };
  try {
    copyIndex(gitDir, index);
    const head = await resolveCommit(there, 'HEAD');
    const staged = await stagedTree(there, env);
    const paths = [':/', ...leftOut.map((path) => `:(exclude,top,literal)${path}`)].join('\0');
    await there.run(['add', '--all', '--pathspec-from-file=-', '--pathspec-file-nul'], { env, input: Buffer.from(paths, 'latin1') });
    const tree = (await there.text(['write-tree'], { env })) as TreeId;
    const parents = head === null ? [] : [head];
    if (staged !== null && staged !== tree && (head === null || staged !== await treeOf(there, head))) {
      parents.push(await ownCommit(there, { tree: staged, parents, message: `${message} (staged)` }));
    }
    return await ownCommit(there, { tree, parents, message });
  } finally {
    rmSync(index, { force: true });
    rmSync(`${index}.lock`, { force: true });
  }
}

/** Null while a merge has left unmerged entries: they have no tree. */
async function stagedTree(there: Git, env: Readonly<Record<string, string>>): Promise<TreeId | null> {
  const result = await there.run(['write-tree'], { env, accept: [0, 128] });
  return result.exitCode === 0 ? (result.stdout.toString('utf8').trim() as TreeId) : null;
}
