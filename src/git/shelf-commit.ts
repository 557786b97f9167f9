import { rmSync } from 'node:fs';
import type { CommitId, RepoPath, TreeId } from '../core/ids.ts';
import { ownCommit } from './commits.ts';
import { treeChanges, type TreeChange } from './diff.ts';
import type { Git } from './git.ts';
import { copyIndex } from './index-copy.ts';
import { treeOf } from './objects.ts';
import { pathOf, takeUpFiles, uncommittedEntries } from './uncommitted-work.ts';

/** Uncommitted work as commits on top of HEAD. */
export interface ShelfCommit {
  /** All of it, untracked files included; its second parent is `staged`, as git-stash(1) has it. */
  readonly commit: CommitId;
  /** What of it was staged. */
  readonly staged: CommitId;
  readonly changes: readonly TreeChange[];
}

/**
 * The uncommitted work of a worktree below these pathspecs (none: all of it) as commits, nothing in it touched; null where
 * there is none. `index` is where a copy of its index may be for the while. Errors: `process-failed`.
 */
export async function shelfCommit(git: Git, worktree: { path: string; gitDir: string; head: CommitId }, pathspecs: readonly string[], index: string, message: string): Promise<ShelfCommit | null> {
  const there = git.at(worktree.path);
  const { head } = worktree;
  const entries = await uncommittedEntries(there, pathspecs);
  if (entries.length === 0) return null;
  const copied = there.with({ GIT_INDEX_FILE: index });
  try {
    copyIndex(worktree.gitDir, index);
    if (pathspecs.length > 0) await unstageOthers(copied, head, new Set(entries.map(pathOf)));
    const staged = (await copied.text(['write-tree'])) as TreeId;
    await takeUpFiles(copied, entries);
    const all = (await copied.text(['write-tree'])) as TreeId;
    if (staged === all && staged === await treeOf(there, head)) return null;
    const stagedCommit = await ownCommit(there, { tree: staged, parents: [head], message: `staged: ${message}\n` });
    const commit = await ownCommit(there, { tree: all, parents: [head, stagedCommit], message: `${message}\n` });
    return { commit, staged: stagedCommit, changes: await treeChanges(there, head, commit) };
  } finally {
    rmSync(index, { force: true });
    rmSync(`${index}.lock`, { force: true });
  }
}

/** Brings the entries of all other paths in the index that `copied` names back to HEAD's. */
async function unstageOthers(copied: Git, head: CommitId, chosen: ReadonlySet<RepoPath>): Promise<void> {
  const tree = (await copied.text(['write-tree'])) as TreeId;
  const others = (await treeChanges(copied, head, tree)).filter(({ path }) => !chosen.has(path));
  const entries = others.map(({ oldMode, oldBlob, status, path }) => `${status === 'A' ? '0' : oldMode} ${oldBlob}\t${path}\0`).join('');
  if (entries !== '') await copied.run(['update-index', '-z', '--index-info'], { input: Buffer.from(entries, 'latin1') });
}
