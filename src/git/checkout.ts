import { closeSync, copyFileSync, existsSync, lstatSync, openSync, readFileSync, renameSync, rmSync, writeSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { AiteamError } from '../core/errors.ts';
import type { CommitId, RepoPath } from '../core/ids.ts';
import { ProcessError } from '../process/run.ts';
import { treeChanges, type TreeChange } from './diff.ts';
import type { Git } from './git.ts';
import { changedPaths } from './worktree-state.ts';

/** A worktree that has the target checked out and moves along with it. */
export interface Checkout {
  readonly worktree: string;
  readonly gitDir: string;
}

/** Paths that a landing would touch and that the worktree's user has changed: tracked, untracked or ignored. */
export async function pathsInTheWay(git: Git, checkout: Checkout, changes: readonly TreeChange[]): Promise<RepoPath[]> {
  const users = new Set((await changedPaths(git, checkout.worktree, true)).map((change) => change.path));
  return changes.filter((change) => touchesAny(users, change.path) || (change.status === 'A' && somethingStandsAt(checkout.worktree, change.path))).map((change) => change.path);
}

/** Whether the path is one of these, lies below one, or is a folder above one. */
function touchesAny(paths: ReadonlySet<string>, path: string): boolean {
  if (paths.has(path)) return true;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) if (paths.has(path.slice(0, slash))) return true;
  for (const other of paths) if (other.startsWith(`${path}/`)) return true;
  return false;
}

/** An added path that is on the disk already: ignored files too, which git would overwrite without a word. */
function somethingStandsAt(worktree: string, path: string): boolean {
  const parts = path.split('/');
  for (let count = 1; count <= parts.length; count += 1) {
    const found = lstatIfThere(worktree, parts.slice(0, count).join('/'));
    if (found === null) return false;
    if (count === parts.length || !found.isDirectory()) return true;
  }
  return false;
}

function lstatIfThere(worktree: string, path: string): Stats | null {
  try {
    return lstatSync(Buffer.concat([Buffer.from(`${worktree}/`, 'utf8'), Buffer.from(path, 'latin1')]));
  } catch {
    return null;
  }
}

/**
 * Moves a worktree's files and index from one commit to another around `swap`, which moves the branch: files first,
 * then the branch, then the index, with `index.lock` held throughout, so that no commit of the user's can fall between
 * (git-read-tree(1), two-tree merge). `token` marks the lock as ours. Answers what `swap` answered; where that is
 * false the files are moved back. With `again`, files that a killed run moved already count as moved.
 * Errors: `index-locked`; `checkout-refused` with git's words where the user's changes are in the way (nothing moved).
 */
export async function moveCheckout(git: Git, checkout: Checkout, move: { from: CommitId; to: CommitId; token: string; again: boolean }, swap: () => Promise<boolean>): Promise<boolean> {
  const there = git.at(checkout.worktree);
  const index = join(checkout.gitDir, 'index');
  const copy = join(checkout.gitDir, 'aiteam-index');
  const lock = join(checkout.gitDir, 'index.lock');
  if (!holdsIndexLock(checkout, move.token)) takeIndexLock(lock, move.token);
  try {
    rmSync(`${copy}.lock`, { force: true });
    if (existsSync(index)) copyFileSync(index, copy);
    const env = { GIT_INDEX_FILE: copy };
    if (move.again) await acceptMovedFiles(there, env, await treeChanges(git, move.from, move.to));
    await there.run(['update-index', '-q', '--refresh'], { env, accept: [0, 1] });
    await readTrees(there, env, move.from, move.to);
    if (!(await swap())) {
      await readTrees(there, env, move.to, move.from);
      return false;
    }
    renameSync(copy, index);
    return true;
  } finally {
    rmSync(copy, { force: true });
    rmSync(lock, { force: true });
  }
}

function takeIndexLock(lock: string, token: string): void {
  let file: number;
  try {
    file = openSync(lock, 'wx');
  } catch (error) {
    throw new AiteamError(`another git process holds ${lock}`, {
      code: 'index-locked', cause: error, hints: ['wait until it is done and try again', `if no git process is at work there: rm ${lock}`],
    });
  }
  writeSync(file, token);
  closeSync(file);
}

/** Whether the worktree's `index.lock` was left by the run with this token. */
export function holdsIndexLock(checkout: Checkout, token: string): boolean {
  try {
    return readFileSync(join(checkout.gitDir, 'index.lock'), 'utf8') === token;
  } catch {
    return false;
  }
}

/** Puts into the index what already lies in the worktree with the content that the landing gives it. */
async function acceptMovedFiles(there: Git, env: Readonly<Record<string, string>>, changes: readonly TreeChange[]): Promise<void> {
  const present = changes.filter((change) => change.status !== 'D' && !change.path.includes('\n') && lstatIfThere(there.cwd, change.path)?.isFile() === true);
  if (present.length === 0) return;
  const hashes = (await there.text(['hash-object', '--stdin-paths'], { input: Buffer.from(present.map((change) => `${change.path}\n`).join(''), 'latin1') })).split('\n');
  const moved = present.filter((change, index) => hashes[index] === change.newBlob);
  const entries = moved.map((change) => `${change.newMode} ${change.newBlob}\t${change.path}\0`).join('');
  await there.run(['update-index', '-z', '--index-info'], { env, input: Buffer.from(entries, 'latin1') });
}

async function readTrees(there: Git, env: Readonly<Record<string, string>>, from: CommitId, to: CommitId): Promise<void> {
  try {
    await there.run(['read-tree', '-m', '-u', from, to], { env });
  } catch (error) {
    if (!(error instanceof ProcessError) || error.exitCode === null) throw error;
    throw new AiteamError(`the checkout at ${there.cwd} cannot move along: ${error.stderr.trim()}`, {
      code: 'checkout-refused', cause: error, hints: [`git -C ${there.cwd} status`],
    });
  }
}
