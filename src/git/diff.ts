import type { BlobId, CommitId, RepoPath, TreeId } from '../core/ids.ts';
import type { Git } from './git.ts';
import { emptyTree } from './objects.ts';

/** One path that differs between two trees (git-diff-tree(1), raw format). Ids and modes are zeros where it is absent. */
export interface TreeChange {
  readonly path: RepoPath;
  /** A added, D deleted, M modified, T type changed. */
  readonly status: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldBlob: BlobId;
  readonly newBlob: BlobId;
}

/** The files of a tree that pathspecs match, read in the folder that `git` is in; none: all. Errors: `process-failed` with git's words, such as for a pathspec that it cannot read. */
export async function filesOfTree(git: Git, tree: TreeId, pathspecs: readonly string[]): Promise<TreeChange[]> {
  return readChanges(await git.bytes(['diff-tree', ...RAW, await emptyTree(git), tree, '--', ...pathspecs]), 0).changes;
}

/** What changed between two trees or commits, renames as a deletion and an addition. */
export async function treeChanges(git: Git, from: CommitId | TreeId, to: CommitId | TreeId): Promise<TreeChange[]> {
  return readChanges(await git.bytes(['diff-tree', ...RAW, from, to]), 0).changes;
}

/** The same for several pairs of trees in one process, in their order. */
export async function manyTreeChanges(git: Git, pairs: readonly (readonly [TreeId, TreeId])[]): Promise<TreeChange[][]> {
  const out = await git.bytes(['diff-tree', ...RAW, '--stdin'], { input: pairs.map(([from, to]) => `${from} ${to}\n`).join('') });
  let at = 0;
  return pairs.map(([from, to]) => {
    // Each pair's changes come after a line that names it.
    const part = readChanges(out, at + `${from} ${to}\n`.length);
    at = part.end;
    return part.changes;
  });
}

const RAW = ['-r', '-z', '--no-renames', '--no-ext-diff'];

/** Reads `:MODE MODE BLOB BLOB STATUS NUL PATH NUL` from an offset on, as long as such entries follow. */
function readChanges(out: string, start: number): { changes: TreeChange[]; end: number } {
  const changes: TreeChange[] = [];
  let at = start;
  while (out.charAt(at) === ':') {
    const facts = out.indexOf('\0', at);
    const end = out.indexOf('\0', facts + 1);
    const [oldMode = '', newMode = '', oldBlob = '', newBlob = '', status = ''] = out.slice(at + 1, facts).split(' ');
    changes.push({ path: out.slice(facts + 1, end) as RepoPath, status, oldMode, newMode, oldBlob: oldBlob as BlobId, newBlob: newBlob as BlobId });
    at = end + 1;
  }
  return { changes, end: at };
}

/** The paths among these changes at which git's merge put an entry without an object; `git merge` itself then fails on it. */
export function brokenEntries(changes: readonly TreeChange[]): RepoPath[] {
  return changes.filter(({ newMode, newBlob }) => !/^0+$/.test(newMode) && /^0+$/.test(newBlob)).map(({ path }) => path);
}
