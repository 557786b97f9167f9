import { randomBytes } from 'node:crypto';
import { refusal } from '../../core/errors.ts';
import type { AgentId, CommitId, TreeId } from '../../core/ids.ts';
import { plural, shellWord, showPath } from '../../core/text.ts';
import { ownCommit } from '../../git/commits.ts';
import { treeChanges } from '../../git/diff.ts';
import { mergeTree, pathsThatStop } from '../../git/merge-tree.ts';
import { pathsInTheWay } from '../../git/paths-in-the-way.ts';
import { interruptible } from '../../process/interruption.ts';
import type { ShelfIntent } from '../../state/intents.ts';
import type { Context } from '../context.ts';
import { mergePoint } from '../integrate/merge-point.ts';
import { openMergeRoom } from '../merge-room.ts';
import { openWorkspace } from '../open-workspace.ts';
import type { Workspace } from '../workspace.ts';
import { aloneWithWorktrees } from '../worktree/alone.ts';
import { listInTrash } from './drop.ts';
import { carryOut } from './move.ts';
import { requireShelf, shelvesOf, type Shelf } from './shelves.ts';
import { quietWorktree, shelfOwner, type Quiet } from './whose.ts';

export interface UnshelveInput {
  /** Its id or the beginning of it; null for the newest. */
  readonly id: string | null;
  /** Whose, by a person; null for whoever calls. */
  readonly agent: AgentId | null;
}

export interface Unshelved {
  readonly shelf: Shelf;
  readonly worktree: string;
  readonly files: number;
  /** Whether what was staged is staged again; false where that alone would conflict. */
  readonly staged: boolean;
  /** The trash entry that keeps the shelf. */
  readonly trash: string;
}

/**
 * Merges a shelf into its agent's worktree as uncommitted work, what was staged staged again, and puts the shelf into the
 * trash. Errors, the worktree and the shelf as they were: `shelf-conflict`, `in-the-way` where something uncommitted,
 * untracked or ignored would be overwritten, `unknown-shelf`, `ambiguous-shelf`, `no-shelf`, those of `shelfOwner` and `quietWorktree`.
 */
export async function unshelve(context: Context, input: UnshelveInput): Promise<Unshelved> {
  const workspace = await openWorkspace(context);
  const record = shelfOwner(workspace, input.agent);
  return aloneWithWorktrees(workspace, 'aiteam unshelve', async (fresh) => interruptible(`unshelving ${record.agent}'s work`, async ({ hold }) => {
    const shelf = requireShelf(await shelvesOf(fresh, record.agent), input.id);
    const place = await quietWorktree(fresh, record);
    const { all, staged } = await onHead(fresh, shelf, place);
    const changes = await treeChanges(fresh.git, place.head, all);
    const paths = await pathsInTheWay(fresh.git, place, changes);
    if (paths.length > 0) {
      throw refusal('in-the-way', `it would overwrite what is uncommitted, untracked or ignored in ${record.agent}'s worktree: ${paths.map(showPath).join(', ')}`,
        'commit it, or move it away; the shelf stays as it is', `or put it aside too: aiteam shelve ${paths.slice(0, 3).map((path) => shellWord(showPath(path))).join(' ')}`);
    }
    const trash = await hold(async () => {
      const entry = listInTrash(fresh, shelf);
      const intent: ShelfIntent = {
        kind: 'unshelve', agent: record.agent, path: place.worktree, gitDir: place.gitDir, branch: place.branch, from: place.head, to: all, staged: staged ?? place.head, ref: shelf.ref, shelf: shelf.commit,
        token: `unshelve ${process.pid} ${randomBytes(4).toString('hex')}`, trash: entry, done: false,
      };
      await carryOut(fresh, intent);
      return entry;
    });
    return { shelf, worktree: place.worktree, files: changes.length, staged: staged !== null, trash };
  }));
}

/** The shelf as commits on the worktree's HEAD: all of it, and what is to be staged, null where that alone would conflict. Errors: `shelf-conflict`. */
async function onHead(workspace: Workspace, shelf: Shelf, { head, worktree }: Quiet): Promise<{ all: CommitId; staged: CommitId | null }> {
  const { git } = workspace;
  if (shelf.base === head) return { all: shelf.commit, staged: shelf.staged };
  const room = await openMergeRoom(workspace, head);
  // It counts from what it was made on, which a rebase may have left behind since.
  const onto = await mergePoint(git, head, { landed: shelf.base, reverted: undefined });
  const asCommit = (tree: TreeId): Promise<CommitId> => ownCommit(git, { tree, parents: [head], message: `${shelf.message}\n` });
  const merged = await mergeTree(room, onto, shelf.commit);
  if (merged.kind !== 'clean') {
    const paths = pathsThatStop(merged);
    throw refusal('shelf-conflict', `the shelf ${shelf.id} conflicts with what ${shelf.agent}'s branch has by now, in ${plural(paths.length, 'path')}: ${paths.map(showPath).join(', ')}`,
      `what it changes: git diff ${shelf.base.slice(0, 8)} ${shelf.id}`, `with markers, to settle it by hand: git -C ${shellWord(worktree)} cherry-pick --no-commit --mainline 1 ${shelf.ref}`, `then: aiteam shelve drop ${shelf.id}`);
  }
  const staged = await mergeTree(room, onto, shelf.staged);
  return { all: await asCommit(merged.tree), staged: staged.kind === 'clean' ? await asCommit(staged.tree) : null };
}
