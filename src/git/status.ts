import type { SimpleGit } from 'simple-git';
import { ProcessError, type Env } from '../process/run.ts';
import type { Git } from './git.ts';

/** What a worktree has that no commit holds. */
export interface WorktreeStatus {
  /** Tracked files that differ from HEAD, in the index or on disk. */
  readonly changed: number;
  readonly untracked: number;
  /** Paths that an unfinished merge has left open. */
  readonly unmerged: number;
}

/** Counts a worktree's uncommitted files, for people to read. Errors: `process-failed`. */
export async function worktreeStatus(git: Git, worktree: string): Promise<WorktreeStatus> {
  try {
    const { files, not_added, conflicted } = await (await reader(git, worktree)).status(['--no-renames', '--ignore-submodules=none']);
    return { changed: files.length - not_added.length, untracked: not_added.length, unmerged: conflicted.length };
  } catch (error) {
    throw new ProcessError(['git', '-C', worktree, 'status'], { exitCode: null, signal: null, stdout: '', stderr: error instanceof Error ? error.message : String(error), cause: error });
  }
}

async function reader(git: Git, worktree: string): Promise<SimpleGit> {
  // Loaded only where somebody looks at worktrees.
  const { simpleGit } = await import('simple-git');
  const env = gitsOwn(git.env);
  return simpleGit({
    baseDir: worktree,
    // It takes GIT_* out of the environment unless they are named; ours keep the repository's hooks and monitors from running.
    allowEnvironment: Object.keys(env),
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true, allowUnsafeConfigEnvCount: true },
    completion: { onClose: true, onExit: false },
    // Without this a git that was killed counts as one that had nothing to say.
    errors: (error, { exitCode, stdErr }) => error ?? (exitCode === 0 ? undefined : Buffer.concat([...stdErr, Buffer.from(`exit code ${exitCode}`)])),
  }).env(env);
}

/** Variables that name an editor or a pager are of no use here, and simple-git refuses them. */
function gitsOwn(env: Env): Record<string, string> {
  const kept = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !/EDITOR|PAGER|ASKPASS|SSH|PROXY|^PREFIX$/i.test(entry[0]));
  return Object.fromEntries(kept);
}
