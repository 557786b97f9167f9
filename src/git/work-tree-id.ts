import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../core/errors.ts';
import type { CommitId, RepoPath, TreeId } from '../core/ids.ts';
import { escapeText } from '../core/text.ts';
import type { Git } from './git.ts';
import { flaggedPaths, hiddenChanges } from './hidden-changes.ts';
import { emptyTree, treeOf } from './objects.ts';
import { worktreeWork } from './uncommitted-work.ts';

/** What a worktree holds, in a few characters. */
export interface TreeState {
  /** Of all that git does not ignore, the uncommitted included. */
  readonly tree: TreeId;
  /** Paths whose content is not part of that: nested repositories, changed submodules, files that git was told not to look at. */
  readonly unseen: readonly RepoPath[];
}

/** The state of a worktree now; `git` is where new objects go, `index` where a copy of its index may be for the while. */
export async function treeState(git: Git, worktree: { path: string; gitDir: string; head: CommitId }, index: string): Promise<TreeState> {
  const { commit, nested } = await worktreeWork(git, worktree, index);
  const [tree, flagged, submodules] = await Promise.all([treeOf(git, commit), flaggedPaths(git, worktree.path), changedSubmodules(git, worktree.path)]);
  const hidden = await hiddenChanges(git, { worktree: worktree.path, gitDir: worktree.gitDir }, flagged, null);
  return { tree, unseen: [...nested, ...hidden, ...submodules] };
}

/**
 * A text that differs where the files of the tree that the pathspecs match differ; read in the folder `cwd`.
 * Errors: `input` (usage) for pathspecs that match nothing, or that git cannot read.
 */
export async function matchedContent(git: Git, cwd: string, tree: TreeId, pathspecs: readonly string[]): Promise<string> {
  const args = ['diff-tree', '-r', '-z', '--no-renames', '--no-ext-diff', await emptyTree(git), tree, '--', ...pathspecs];
  const { exitCode, stdout, stderr } = await git.run(args, { cwd, accept: [0, 128] });
  if (exitCode !== 0) throw usageError('input', `git cannot read the inputs: ${escapeText(stderr.toString('utf8').replace(/^fatal: /, '').trim())}`, 'git help glossary, at "pathspec"');
  if (stdout.length === 0) throw usageError('input', 'no file matches the inputs: of ignored files nothing is known', 'git ls-files -co --exclude-standard -- PATHSPEC shows what one matches');
  return stdout.toString('latin1');
}

/** Submodules with changes of their own (git-status(1), porcelain version 2: the field after the letters). */
async function changedSubmodules(git: Git, worktree: string): Promise<RepoPath[]> {
  if (!existsSync(join(worktree, '.gitmodules'))) return [];
  const out = await git.bytes(['status', '--porcelain=v2', '-z', '--no-renames', '--untracked-files=no', '--ignore-submodules=none'], { cwd: worktree });
  return out.split('\0').flatMap((entry) => (/^1 .. S.(?:M|.U)/.test(entry) ? [entry.split(' ').slice(8).join(' ') as RepoPath] : []));
}
