import type { CommitId, TreeId } from '../core/ids.ts';
import type { CommitNode } from '../core/unlanded.ts';
import type { Git } from './git.ts';

/** Whether commits are to be signed, by the repository's own setting. */
export async function signsCommits(git: Git): Promise<boolean> {
  const result = await git.run(['config', '--type=bool', '--get', 'commit.gpgsign'], { accept: [0, 1] });
  return result.stdout.toString('utf8').trim() === 'true';
}

/** A new commit in the object store, no ref moved (git-commit-tree(1)). */
export async function commitTree(git: Git, commit: { tree: TreeId; parents: readonly CommitId[]; message: string; sign?: boolean }): Promise<CommitId> {
  const args = ['commit-tree', commit.tree, ...commit.parents.flatMap((parent) => ['-p', parent]), ...(commit.sign === true ? ['-S'] : []), '-F', '-'];
  return (await git.text(args, { input: commit.message })) as CommitId;
}

/** The commits that these tips have and `without` has not, newest first, each with its parents and committer time (seconds). */
export async function commitsBetween(git: Git, tips: readonly CommitId[], without: readonly CommitId[]): Promise<CommitNode[]> {
  if (tips.length === 0) return [];
  const input = [...tips, ...without.map((id) => `^${id}`)].join('\n');
  const out = await git.text(['rev-list', '--topo-order', '--timestamp', '--parents', '--stdin'], { input: `${input}\n` });
  return out.split('\n').filter((line) => line !== '').map((line) => {
    const [time = '0', id = '', ...parents] = line.split(' ');
    return { id: id as CommitId, parents: parents as CommitId[], time: Number(time) };
  });
}

/** The best common ancestor, or null for unrelated histories. */
export async function mergeBase(git: Git, a: CommitId, b: CommitId): Promise<CommitId | null> {
  const result = await git.run(['merge-base', a, b], { accept: [0, 1] });
  return result.exitCode === 0 ? (result.stdout.toString('utf8').trim() as CommitId) : null;
}

/** Whether `ancestor` is `commit` or one of its ancestors. */
export async function isAncestor(git: Git, ancestor: CommitId, commit: CommitId): Promise<boolean> {
  return (await git.run(['merge-base', '--is-ancestor', ancestor, commit], { accept: [0, 1] })).exitCode === 0;
}
