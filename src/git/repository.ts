import { basename, dirname, resolve } from 'node:path';
import { realpathSync } from 'node:fs';
import { refusal, type AiteamError } from '../core/errors.ts';
import { escapeText } from '../core/text.ts';
import { ProcessError, type Env } from '../process/run.ts';
import { openGit, type Git } from './git.ts';
import { listWorktrees, type Worktree } from './worktrees.ts';

export interface Repository {
  /** The git directory that all worktrees share; absolute, links resolved. */
  readonly commonDir: string;
  /** The main worktree's root; null in a bare repository. */
  readonly mainWorktree: string | null;
  /** The root of the worktree that the command was called in; null outside of one. */
  readonly currentWorktree: string | null;
  /** The git directory of the current worktree. */
  readonly currentGitDir: string;
  readonly shallow: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly worktrees: readonly Worktree[];
  /** Git in the main worktree, or in the common directory of a bare repository. */
  readonly git: Git;
}

/**
 * The repository around a folder.
 * Errors: `no-repository`, `repository-moved` (in a worktree that leads nowhere), `git-missing`, `git-unsafe` (git refuses a
 * repository that somebody else owns), `repository-unreadable` (git stops on its configuration, for instance).
 */
export async function openRepository(cwd: string, env: Env): Promise<Repository> {
  const git = openGit(cwd, env);
  const asked = facts(git);
  const common = asked.then(([found]) => realpathSync(resolve(cwd, found)));
  const listed = listWorktrees(git, common);
  // Where there is no repository, the facts say so best.
  listed.catch(() => undefined);
  const [commonDir, [, gitDir, shallow, objectFormat, inside, cdup]] = await Promise.all([common, asked]);
  const worktrees = await listed;
  const main = worktrees[0];
  const mainWorktree = main === undefined || main.bare ? null : mainRoot(main.path, commonDir, inside ? resolve(cwd, cdup) : null, realpathSync(resolve(cwd, gitDir)));
  return {
    commonDir,
    mainWorktree,
    currentWorktree: inside ? realpathSync(resolve(cwd, cdup)) : null,
    currentGitDir: realpathSync(resolve(cwd, gitDir)),
    shallow,
    objectFormat,
    worktrees,
    git: git.at(mainWorktree ?? commonDir),
  };
}

async function facts(git: Git): Promise<[string, string, boolean, 'sha1' | 'sha256', boolean, string]> {
  try {
    const out = await git.text(['rev-parse', '--git-common-dir', '--git-dir', '--is-shallow-repository', '--show-object-format', '--is-inside-work-tree', '--show-cdup']);
    const [common = '', gitDir = '', shallow, format, inside, cdup = ''] = out.split('\n');
    return [common, gitDir, shallow === 'true', format === 'sha256' ? 'sha256' : 'sha1', inside === 'true', cdup === '' ? '.' : cdup];
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    if (error.exitCode === null) throw gitMissing();
    if (/dubious ownership/.test(error.stderr)) {
      throw refusal('git-unsafe', 'git refuses this repository because another user owns it', `git config --global --add safe.directory ${git.cwd}`);
    }
    const lost = /^fatal: not a git repository: (.*)$/m.exec(error.stderr)?.[1];
    if (lost !== undefined) throw refusal('repository-moved', `this worktree belongs to ${lost}, and nothing is there: the repository was moved or deleted`, 'in the main checkout, where it is now: aiteam worktree repair');
    if (!/not a git repository/.test(error.stderr)) throw refusal('repository-unreadable', `git cannot work in ${git.cwd}: ${escapeText(error.stderr.replace(/^fatal: /, '').trim())}`, `git -C ${git.cwd} status`);
    throw refusal('no-repository', `there is no git repository at ${git.cwd} or above it`, 'cd into your repository, or make one: git init && git add -A && git commit -m "first"');
  }
}

/** `git worktree list` names the git directory itself as main worktree when it is not called `.git` (submodules, --separate-git-dir). */
function mainRoot(listed: string, commonDir: string, currentRoot: string | null, currentGitDir: string): string {
  if (basename(commonDir) === '.git') return dirname(commonDir);
  if (currentRoot !== null && currentGitDir === commonDir) return currentRoot;
  return listed;
}

/** Git's version as numbers. Errors: `git-missing`, `git-version` below 2.39. */
export async function checkGitVersion(git: Git): Promise<readonly [number, number]> {
  const text = await git.text(['version']).catch((error: unknown) => {
    throw error instanceof ProcessError && error.exitCode === null ? gitMissing() : error;
  });
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(text) ?? [];
  const version = [Number(major), Number(minor)] as const;
  if (version[0] < 2 || (version[0] === 2 && version[1] < 39)) {
    throw refusal('git-version', `git ${major}.${minor} is too old: aiteam needs git 2.39 or newer (merge-tree --stdin)`, 'install a newer git');
  }
  return version;
}

function gitMissing(): AiteamError {
  return refusal('git-missing', 'git could not be started', 'install git 2.39 or newer');
}
