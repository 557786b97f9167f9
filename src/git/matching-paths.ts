import { usageError } from '../core/errors.ts';
import type { CommitId, RepoPath } from '../core/ids.ts';
import { escapeText, truncate } from '../core/text.ts';
import type { Git } from './git.ts';

/** The tracked paths that a pathspec matches in a worktree. Errors: `pattern` where git cannot read it. */
export async function matchingFiles(git: Git, worktree: string, pathspec: string): Promise<RepoPath[]> {
  const { exitCode, stdout, stderr } = await git.run(['ls-files', '-z', '--', pathspec], { cwd: worktree, accept: [0, 128] });
  if (exitCode !== 0) throw usageError('pattern', `git cannot read the pattern ${truncate(escapeText(pathspec), 80)}: ${escapeText(stderr.toString('utf8').replace(/^fatal: /, '').trim())}`, 'git help glossary, at "pathspec"');
  return split(stdout.toString('latin1'));
}

/** The paths that pathspecs match of those that differ between two commits. */
export async function matchingChanges(git: Git, from: CommitId, to: CommitId, pathspecs: readonly string[]): Promise<RepoPath[]> {
  if (pathspecs.length === 0) return [];
  return split(await git.bytes(['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--no-ext-diff', from, to, '--', ...pathspecs]));
}

function split(out: string): RepoPath[] {
  return out.split('\0').filter((path) => path !== '') as RepoPath[];
}
