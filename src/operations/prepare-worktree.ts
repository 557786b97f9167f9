import { existsSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { AiteamError } from '../core/errors.ts';
import type { RepoPath } from '../core/ids.ts';
import { presentAgents } from '../core/ledger.ts';
import { ownPrints } from '../core/prepared.ts';
import { decodeBytes, escapeText, plural, showPath } from '../core/text.ts';
import { withoutRepository } from '../git/git.ts';
import { ignoredEntries, ignoredMatching, ignoredOf } from '../git/ignored.ts';
import { gitDirOf } from '../git/worktree-commands.ts';
import { agentEnvironment, keylessEnvironment } from '../launch/environment.ts';
import { runShell, type CommandOutcome } from '../process/run-shell.ts';
import { addExcludes, excludePattern } from '../state/exclude-file.ts';
import { copyMissing, lstatIfThere, makeParents, pathIn } from '../state/file-tree.ts';
import { VIEWS_FOLDER } from '../state/layout.ts';
import { withMutex } from '../state/mutex.ts';
import { printsOf, readPreparation, writePreparation } from '../state/preparation.ts';
import { requireApproval } from './approval.ts';
import { doing, warn } from './context.ts';
import { keyNames } from './key-names.ts';
import type { Workspace } from './workspace.ts';

/** Lists, as .gitignore does, ignored files of the main checkout that new worktrees get a copy of. */
const INCLUDE_FILE = '.worktreeinclude';

/**
 * Makes a worktree ready to work in: copies and links the ignored files that the configuration or `.worktreeinclude`
 * names, then runs the set-up commands. Doing it again makes what is missing; nothing is overwritten.
 * Errors: `not-trusted` where the commands are not approved, `setup-failed` where one fails; copies and links are there then.
 */
export async function prepareWorktree(workspace: Workspace, path: string): Promise<void> {
  const gitDir = gitDirOf(workspace.repo.commonDir, path);
  const recorded = (gitDir === null ? null : readPreparation(gitDir))?.made ?? new Map<RepoPath, string>();
  const before = await ignoredPrints(workspace, path);
  const keepRecord = async (done: boolean): Promise<void> => {
    if (gitDir !== null) writePreparation(gitDir, { done, made: ownPrints(recorded, before, await ignoredPrints(workspace, path)) });
  };
  let done = false;
  try {
    await bringFiles(workspace, path);
    await runSetup(workspace, path);
    done = true;
  } finally {
    await keepRecord(done);
  }
}

async function ignoredPrints({ git }: Workspace, path: string): Promise<ReadonlyMap<RepoPath, string>> {
  return printsOf(path, (await ignoredEntries(git, path)).filter((entry) => entry !== VIEWS_FOLDER));
}

async function bringFiles(workspace: Workspace, worktree: string): Promise<void> {
  const { git, repo, config, context } = workspace;
  const main = repo.mainWorktree;
  if (main === null || main === worktree) {
    if (config.copy.length + config.link.length > 0) warn(context, 'nothing was copied or linked: the repository has no checkout to take it from');
    return;
  }
  const include = existsSync(join(main, INCLUDE_FILE)) ? join(main, INCLUDE_FILE) : null;
  const link = (await ignoredMatching(git, main, config.link, null)).filter((path) => mayTake(workspace, main, path));
  const linked = new Set(link);
  const copy = (await ignoredMatching(git, main, config.copy, include)).filter((path) => !linked.has(path) && mayTake(workspace, main, path));
  if (copy.length > 0) doing(context, `copying ${plural(copy.length, 'ignored file or folder', 'ignored files and folders')} from ${escapeText(main)}`);
  for (const path of copy) if (hasRoom(workspace, worktree, path)) copyMissing(pathIn(main, path), pathIn(worktree, path));
  const made = link.filter((path) => hasRoom(workspace, worktree, path) && makeLink(main, worktree, path));
  await excludeLinks(workspace, worktree, made.map((path) => path.replace(/\/$/, '') as RepoPath));
}

/** Never a worktree, the git directory or the views. */
function mayTake({ repo, layout }: Workspace, main: string, path: RepoPath): boolean {
  const full = join(main, decodeBytes(path)).replace(/\/$/, '');
  const places = [repo.commonDir, layout.views, ...repo.worktrees.slice(1).map((worktree) => worktree.path)];
  return !places.some((place) => place === full || place.startsWith(`${full}/`) || full.startsWith(`${place}/`));
}

/** Whether the folders above a path in the worktree are folders, made where they are missing. */
function hasRoom({ context }: Workspace, worktree: string, path: RepoPath): boolean {
  if (makeParents(worktree, path)) return true;
  warn(context, `${showPath(path)} was left out: a folder above it is a file or a link in ${escapeText(worktree)}`);
  return false;
}

function makeLink(main: string, worktree: string, path: RepoPath): boolean {
  const link = pathIn(worktree, path);
  if (lstatIfThere(link) !== null) return false;
  const up = '../'.repeat(path.replace(/\/$/, '').split('/').length - 1);
  symlinkSync(pathIn(`${up}${relative(worktree, main)}`, path), link);
  return true;
}

/** A pattern such as `node_modules/` means folders: the link, which is none, would be committed. */
async function excludeLinks({ git, repo }: Workspace, worktree: string, links: readonly RepoPath[]): Promise<void> {
  const ignored = await ignoredOf(git, worktree, links);
  const patterns = links.filter((path) => !ignored.has(path)).map(excludePattern).filter((pattern) => pattern !== null);
  if (patterns.length === 0) return;
  await withMutex(git, 'worktrees', { command: 'aiteam, excluding links', waitMs: 60_000 }, async () => addExcludes(repo.commonDir, patterns));
}

async function runSetup(workspace: Workspace, path: string): Promise<void> {
  const { config, context } = workspace;
  if (config.setup.length === 0) return;
  await requireApproval(workspace, 'the set-up commands');
  const agent = presentAgents(workspace.ledger).find((record) => record.worktree === path);
  const caller = keylessEnvironment(context.env, await keyNames(workspace));
  const env = agent === undefined ? withoutRepository(caller) : agentEnvironment(caller, agent);
  for (const step of config.setup) {
    doing(context, `set-up: ${step.name}`);
    const outcome = await runShell(step.run, { cwd: path, env, onOutput: (chunk) => context.narrate({ kind: 'output', chunk }) });
    if (outcome.kind === 'exited' && outcome.exitCode === 0) continue;
    throw new AiteamError(`the set-up command "${step.name}" ${howItEnded(outcome)} in ${escapeText(path)}`, {
      code: 'setup-failed', kind: 'incomplete',
      hints: [`it runs: ${step.run}`, agent === undefined ? 'see that it runs in a fresh checkout, then: aiteam integrate' : `the worktree stays; to try again: aiteam worktree add ${agent.agent}`],
    });
  }
}

function howItEnded(outcome: CommandOutcome): string {
  switch (outcome.kind) {
    case 'exited': return `exited with ${outcome.exitCode}`;
    case 'signalled': return `was ended by ${outcome.signal}`;
    case 'timed-out': return 'took too long';
    case 'not-started': return `could not be started (${outcome.reason})`;
  }
}
