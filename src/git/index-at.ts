import type { CommitId } from '../core/ids.ts';
import type { Checkout } from './worktrees.ts';
import type { TreeChange } from './diff.ts';
import type { Git } from './git.ts';

/** Those of the changes that a worktree's index has as this commit has them. */
export async function inIndexAs(git: Git, { worktree }: Checkout, commit: CommitId, changes: readonly TreeChange[]): Promise<TreeChange[]> {
  const differing = new Set((await git.at(worktree).bytes(['diff-index', '--cached', '--name-only', '--no-renames', '-z', commit])).split('\0'));
  return changes.filter(({ path }) => !differing.has(path));
}

/** Those of the changes whose file in the worktree is not as its index has it. */
export async function differingFromIndex(git: Git, { worktree }: Checkout, changes: readonly TreeChange[]): Promise<TreeChange[]> {
  const differing = new Set((await git.at(worktree).bytes(['diff-files', '--name-only', '--no-renames', '-z'])).split('\0'));
  return changes.filter(({ path }) => differing.has(path));
}
