import { closeSync, copyFileSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AiteamError } from '../core/errors.ts';
import type { CommitId, RefName } from '../core/ids.ts';
import { showPath } from '../core/text.ts';
import { ProcessError } from '../process/run.ts';
import { treeChanges, type TreeChange } from './diff.ts';
import type { Git } from './git.ts';
import { acceptMovedFiles } from './moved-files.ts';
import { pathsInTheWay } from './paths-in-the-way.ts';

/** A worktree that has the target checked out and moves along with it. */
export interface Checkout {
  readonly worktree: string;
  readonly gitDir: string;
}

export interface CheckoutMove {
  /** The branch that is to be checked out there. */
  readonly branch: RefName;
  readonly from: CommitId;
  readonly to: CommitId;
  /** Marks the lock as ours. */
  readonly token: string;
  /** Files that a killed run moved already count as moved. */
  readonly again: boolean;
}

/**
 * Moves a worktree's files and index from one commit to another around `swap`, which moves the branch: files first,
 * then the branch, then the index, with `index.lock` held throughout, so that no commit of the user's can fall between
 * (git-read-tree(1), two-tree merge). Answers what `swap` answered; where that is
 * false the files are moved back.
 * Where something fails once the branch has moved, the lock stays: the index is behind then, and `bringIndexForward` ends it.
 * Errors, nothing moved: `index-locked`; `checkout-changed` where its user went to another branch or has something in the
 * way by now; `checkout-refused` with git's words where git itself sees something in the way.
 */
export async function moveCheckout(git: Git, checkout: Checkout, move: CheckoutMove, swap: () => Promise<boolean>): Promise<boolean> {
  const there = git.at(checkout.worktree);
  const index = join(checkout.gitDir, 'index');
  const copy = join(checkout.gitDir, 'aiteam-index');
  const lock = join(checkout.gitDir, 'index.lock');
  if (!holdsIndexLock(checkout, move.token)) takeIndexLock(lock, move.token);
  let behind = false;
  try {
    rmSync(`${copy}.lock`, { force: true });
    if (existsSync(index)) copyFileSync(index, copy);
    const env = { GIT_INDEX_FILE: copy };
    const changes = await treeChanges(git, move.from, move.to);
    if (move.again) await acceptMovedFiles(there, env, changes);
    else await requireUnchanged(git, checkout, move.branch, changes);
    await there.run(['update-index', '-q', '--refresh'], { env, accept: [0, 1] });
    await readTrees(there, env, move.from, move.to);
    if (!(await swap())) {
      await readTrees(there, env, move.to, move.from);
      return false;
    }
    behind = true;
    renameSync(copy, index);
    behind = false;
    return true;
  } finally {
    rmSync(copy, { force: true });
    if (!behind) rmSync(lock, { force: true });
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

/** With the lock held: what was seen before the gates, minutes ago, may not hold any more. */
async function requireUnchanged(git: Git, checkout: Checkout, branch: RefName, changes: readonly TreeChange[]): Promise<void> {
  const head = (await git.at(checkout.worktree).run(['symbolic-ref', '--quiet', 'HEAD'], { accept: [0, 1] })).stdout.toString('utf8').trim();
  const paths = head === branch ? await pathsInTheWay(git, checkout, changes) : [];
  if (head === branch && paths.length === 0) return;
  const what = head === branch ? `${paths.map(showPath).join(', ')} changed there meanwhile` : `it is not on ${branch} any more`;
  throw new AiteamError(`the checkout at ${checkout.worktree} cannot move along: ${what}`, { code: 'checkout-changed', hints: ['aiteam integrate'] });
}

/** Brings the index to the landed commit after the branch has moved, and leaves every file as it is (git-read-tree(1), -i). */
export async function bringIndexForward(git: Git, checkout: Checkout, from: CommitId, to: CommitId): Promise<void> {
  const copy = join(checkout.gitDir, 'aiteam-index');
  rmSync(`${copy}.lock`, { force: true });
  copyFileSync(join(checkout.gitDir, 'index'), copy);
  const there = git.at(checkout.worktree).with({ GIT_INDEX_FILE: copy });
  await there.run(['read-tree', '-i', '-m', from, to]);
  await there.run(['update-index', '-q', '--refresh'], { accept: [0, 1] });
  renameSync(copy, join(checkout.gitDir, 'index'));
  rmSync(join(checkout.gitDir, 'index.lock'), { force: true });
}
