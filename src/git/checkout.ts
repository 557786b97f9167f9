import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AiteamError } from '../core/errors.ts';
import type { CommitId, RefName, RepoPath } from '../core/ids.ts';
import { showPath } from '../core/text.ts';
import { failpoint } from '../process/failpoint.ts';
import { ProcessError } from '../process/run.ts';
import { treeChanges, type TreeChange } from './diff.ts';
import type { Git } from './git.ts';
import { removeHalfWritten } from './half-written.ts';
import { copyIndex } from './index-copy.ts';
import { holdsIndexLock, indexLock, takeIndexLock } from './index-lock.ts';
import { acceptMissingFiles, acceptMovedFiles } from './moved-files.ts';
import { pathsInTheWay, standingInTheWay } from './paths-in-the-way.ts';
import { resolveCommit } from './refs.ts';
import { checkOutSubmodules } from './submodules.ts';
import { branchInHead } from './worktree-state.ts';
import type { Checkout } from './worktrees.ts';

export interface CheckoutMove {
  /** The branch that is to be checked out there. */
  readonly branch: RefName;
  readonly from: CommitId;
  readonly to: CommitId;
  /** Marks the lock as ours. */
  readonly token: string;
  /** Files that a killed run moved already count as moved. */
  readonly again: boolean;
  /** Whether HEAD is at `to` while index and files are at `from`, as where uncommitted work is put aside: git itself compares the two, and `swap` moves no branch. */
  readonly uncommitted?: boolean;
  /** Whether all that moves is written, also what a sparse checkout would leave out: it was there before, and nowhere else. */
  readonly whole?: boolean;
}

/**
 * Moves a worktree's files and index from one commit to another, and then the branch by `swap`, with `index.lock` held
 * throughout, so that no commit of the user's can fall between (git-read-tree(1), two-tree merge). The branch comes last:
 * what a kill leaves behind is never an index that is older than HEAD, with which the next commit would revert the move.
 * Answers what `swap` answered; where that is false or throws, index and files are moved back.
 * Errors, nothing moved: `index-locked`; `checkout-changed` where its user went to another branch or has something in the
 * way by now; `checkout-refused` with git's words where git itself sees something in the way, or `again` finds it so.
 * `checkout-left`: it could be moved neither on nor back, and keeps its lock for the next command, which completes it.
 */
export async function moveCheckout(git: Git, checkout: Checkout, move: CheckoutMove, swap: () => Promise<boolean>): Promise<boolean> {
  if (!holdsIndexLock(checkout, move.token)) await takeIndexLock(checkout.gitDir, move.token);
  let keepLock = false;
  try {
    failpoint('index-locked');
    const changes = treeChanges(git, move.from, move.to);
    await moveFiles(git, checkout, move, changes);
    return await swapOrMoveBack(git, checkout, move, await changes, swap);
  } catch (error) {
    keepLock = isLeftHalfMoved(error);
    throw error;
  } finally {
    if (!keepLock) rmSync(indexLock(checkout.gitDir), { force: true });
  }
}

/** Whether a checkout is left between two commits, `index.lock` with it, so that only who completes the move can go on. */
export function isLeftHalfMoved(error: unknown): boolean {
  return error instanceof AiteamError && error.code === 'checkout-left';
}

/** Files first, then the index; moved back where it ends half-way: a full disk, a folder that cannot be written, a filter that fails. */
async function moveFiles(git: Git, checkout: Checkout, move: CheckoutMove, asked: Promise<readonly TreeChange[]>): Promise<void> {
  const { from, to, whole = false } = move;
  const trees = { from, to, whole };
  try {
    await onCopyOfIndex(git, checkout, async (there) => {
      const pending = move.again ? await takeUp(there, git, checkout, move, asked) : null;
      // All that can be in the way is looked for at once.
      const looks = move.again ? [] : [requireBranch(git, checkout, move), requireUnchanged(git, checkout, asked, move.uncommitted === true)];
      await inOrder(...looks, requireReadable(there, trees));
      // Git overwrites ignored files without a word, and looking takes its time: the last look is the cheapest.
      requireFree(checkout, pending ?? await asked, move);
      await there.run(['read-tree', ...moveArguments(trees)]);
      await checkOutSubmodules(git, checkout.worktree, await asked, 'new');
      failpoint('files-moved');
    });
  } catch (error) {
    const changes = await asked;
    // What its user has put in the way was seen before anything moved.
    if (error instanceof AiteamError && ['checkout-changed', 'checkout-refused'].includes(error.code)) throw error;
    // A move that was taken up is for the next command to try again.
    if (move.again) throw leftHalfMoved(checkout, error);
    await orLeft(checkout, error, () => onCopyOfIndex(git, checkout, async (there) => {
      await acceptMovedFiles(there, changes);
      await removeHalfWritten(there, await touchedOnDisk(there, changes));
      await acceptMissingFiles(there, changes);
      await readTrees(there, { from: to, to: from, whole });
      await checkOutSubmodules(git, checkout.worktree, changes, 'old');
    }));
    throw error;
  }
}

/** Works on a copy of the index, which takes its place afterwards: `index.lock` is ours, so git cannot write the index itself. */
async function onCopyOfIndex(git: Git, checkout: Checkout, work: (there: Git) => Promise<void>): Promise<void> {
  const index = join(checkout.gitDir, 'index');
  const copy = copyOfIndex(checkout);
  rmSync(`${copy}.lock`, { force: true });
  try {
    copyIndex(checkout.gitDir, copy);
    await work(git.at(checkout.worktree).with({ GIT_INDEX_FILE: copy }));
    renameSync(copy, index);
  } finally {
    rmSync(copy, { force: true });
  }
}

function copyOfIndex({ gitDir }: Checkout): string {
  return join(gitDir, 'aiteam-index');
}

/** Removes what a killed move, whose lock somebody else has removed, left beside the index. */
export function dropIndexCopy(checkout: Checkout): void {
  for (const file of [copyOfIndex(checkout), `${copyOfIndex(checkout)}.lock`]) rmSync(file, { force: true });
}

async function swapOrMoveBack(git: Git, checkout: Checkout, move: CheckoutMove, changes: readonly TreeChange[], swap: () => Promise<boolean>): Promise<boolean> {
  const back = (): Promise<void> => onCopyOfIndex(git, checkout, async (there) => {
    await readTrees(there, { from: move.to, to: move.from, whole: move.whole === true });
    await checkOutSubmodules(git, checkout.worktree, changes, 'old');
  });
  try {
    failpoint('index-renamed');
    // `git switch -c` needs no lock of ours: there the landing would stand as changes of its user's.
    await requireBranch(git, checkout, move);
    if (await swap()) return true;
  } catch (error) {
    // A git that was killed may have moved the branch before.
    if (move.uncommitted === true || (await resolveCommit(git, move.branch)) !== move.to) await orLeft(checkout, error, back);
    throw error;
  }
  await orLeft(checkout, null, back);
  return false;
}

/** Moves back; where not even that can be done, what stopped the move is said as `checkout-left`. */
async function orLeft(checkout: Checkout, cause: unknown, back: () => Promise<void>): Promise<void> {
  try {
    await back();
  } catch (error) {
    throw leftHalfMoved(checkout, cause ?? error);
  }
}

function leftHalfMoved(checkout: Checkout, cause: unknown): AiteamError {
  return new AiteamError(`the checkout at ${checkout.worktree} is left half-way between two commits: ${cause instanceof Error ? cause.message : String(cause)}`, {
    code: 'checkout-left', cause, hints: ['see to what stopped it, a full disk for instance; then the next command completes it: aiteam status'],
  });
}

/** Asks git what is in the way before it moves anything: what fails later is nobody's changed file. Errors: `checkout-refused`. */
async function requireReadable(there: Git, trees: Trees): Promise<void> {
  const ask = (): Promise<unknown> => there.run(['read-tree', '-n', ...moveArguments(trees)]);
  try {
    // A file that was only touched counts as changed until the index has been told, and few have been.
    await ask().catch(async () => {
      await there.run(['update-index', '-q', '--refresh'], { accept: [0, 1] });
      await ask();
    });
  } catch (error) {
    if (!(error instanceof ProcessError) || error.exitCode === null) throw error;
    throw cannotMove('checkout-refused', there.cwd, error.stderr.trim(), error);
  }
}

/** Moves files and index where nothing is in the way. Errors: `checkout-refused`; nothing moved. */
async function readTrees(there: Git, trees: Trees): Promise<void> {
  await requireReadable(there, trees);
  await there.run(['read-tree', ...moveArguments(trees)]);
}

type Trees = Pick<CheckoutMove, 'from' | 'to'> & Required<Pick<CheckoutMove, 'whole'>>;

function moveArguments({ from, to, whole }: Trees): string[] {
  return ['-m', '-u', ...(whole ? ['--no-sparse-checkout'] : []), from, to];
}

/** Waits for all, which run at once; where several fail, the first of them in this order says why. */
async function inOrder(...works: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(works)) if (outcome.status === 'rejected') throw outcome.reason;
}

/** What a killed run has moved counts as moved; what its user has put into the place of the rest since is not overwritten. Answers with that rest. */
async function takeUp(there: Git, git: Git, checkout: Checkout, move: CheckoutMove, asked: Promise<readonly TreeChange[]>): Promise<TreeChange[]> {
  const [changes] = await Promise.all([asked, requireBranch(git, checkout, move)]);
  await acceptMovedFiles(there, changes);
  const differing = new Set((await there.bytes(['diff-index', '--cached', '--name-only', '--no-renames', '-z', move.to])).split('\0'));
  const pending = changes.filter((change) => differing.has(change.path));
  await removeHalfWritten(there, await touchedOnDisk(there, pending));
  requireFree(checkout, pending, move);
  return pending;
}

/** Whether nothing lies, ignored files included, where something is to be added. Errors: `checkout-changed`; after a kill `checkout-refused`. */
function requireFree({ worktree }: Checkout, changes: readonly TreeChange[], { again }: CheckoutMove): void {
  const blocked = standingInTheWay(worktree, changes);
  if (blocked.length > 0) throw cannotMove(again ? 'checkout-refused' : 'checkout-changed', worktree, `${blocked.map(showPath).join(', ')} would be overwritten`);
}

/** Those that lie on the disk otherwise than the index has them, new ones included. */
async function touchedOnDisk(there: Git, changes: readonly TreeChange[]): Promise<TreeChange[]> {
  await there.run(['update-index', '-q', '--refresh'], { accept: [0, 1] });
  const touched = new Set((await there.bytes(['diff-files', '--name-only', '--no-renames', '-z'])).split('\0'));
  return changes.filter((change) => change.status === 'A' || touched.has(change.path));
}

async function requireBranch(git: Git, checkout: Checkout, { branch, again }: CheckoutMove): Promise<void> {
  const head = branchInHead(checkout.gitDir) ?? (await git.at(checkout.worktree).run(['symbolic-ref', '--quiet', 'HEAD'], { accept: [0, 1] })).stdout.toString('utf8').trim();
  if (head !== branch) throw cannotMove(again ? 'checkout-refused' : 'checkout-changed', checkout.worktree, `it is not on ${branch} any more`);
}

/** With the lock held: what was seen before, minutes ago where gates have run, may not hold any more. */
async function requireUnchanged(git: Git, checkout: Checkout, asked: Promise<readonly TreeChange[]>, uncommitted: boolean): Promise<void> {
  const paths = uncommitted ? standingInTheWay(checkout.worktree, await asked) : await pathsInTheWay(git, checkout, asked);
  if (paths.length > 0) throw cannotMove('checkout-changed', checkout.worktree, `${paths.map(showPath).join(', ')} changed there meanwhile`);
}

function cannotMove(code: 'checkout-changed' | 'checkout-refused', worktree: string, why: string, cause?: unknown): AiteamError {
  return new AiteamError(`the checkout at ${worktree} cannot move along: ${why}`, { code, cause, hints: [`git -C ${worktree} status`] });
}

/** Brings the index to the landed commit after the branch has moved, leaves every file as it is, and gives the lock back. */
export async function bringIndexForward(git: Git, checkout: Checkout, from: CommitId, to: CommitId): Promise<void> {
  await bringIndex(git, checkout, from, to);
  rmSync(indexLock(checkout.gitDir), { force: true });
}

/**
 * Brings the index alone from one commit to another where the two differ (git-read-tree(1), -i), the paths to `forget` taken out of
 * it first. Call it with `index.lock` held.
 */
export async function bringIndex(git: Git, checkout: Checkout, from: CommitId, to: CommitId, forget: readonly RepoPath[] = []): Promise<void> {
  await onCopyOfIndex(git, checkout, async (there) => {
    if (forget.length > 0) await there.run(['update-index', '--force-remove', '-z', '--stdin'], { input: Buffer.from(forget.map((path) => `${path}\0`).join(''), 'latin1') });
    await there.run(['read-tree', '-i', '-m', from, to]);
    await there.run(['update-index', '-q', '--refresh'], { accept: [0, 1] });
  });
}
