import { refusal } from '../../core/errors.ts';
import type { AgentId } from '../../core/ids.ts';
import { changeRefs } from '../../git/refs.ts';
import { newTrashId, writeTrashEntry } from '../../state/trash.ts';
import { callerName, HUMAN } from '../caller.ts';
import type { Context } from '../context.ts';
import { openWorkspace } from '../open-workspace.ts';
import type { Workspace } from '../workspace.ts';
import { aloneWithWorktrees } from '../worktree/alone.ts';
import { dropTrash, pins } from '../worktree/pin.ts';
import { shelfName } from './move.ts';
import { requireShelf, shelvesOf, type Shelf } from './shelves.ts';

/**
 * Drops a shelf into the trash, from which one command brings it back: an agent its own, a person anybody's.
 * Errors: `unknown-shelf`, `ambiguous-shelf`, `caller-unknown`, `ref-changed`.
 */
export async function dropShelf(context: Context, id: string): Promise<{ shelf: Shelf; trash: string }> {
  const workspace = await openWorkspace(context);
  return aloneWithWorktrees(workspace, 'aiteam shelve drop', async (fresh) => {
    const caller = callerName(fresh);
    const shelf = requireShelf(await shelvesOf(fresh, caller === HUMAN ? null : (caller as AgentId)), id);
    const trash = listInTrash(fresh, shelf);
    const changes = [{ ref: shelf.ref, from: shelf.commit, to: null }, ...pins(trash, { [shelfName(shelf.ref)]: shelf.commit })];
    if (!(await changeRefs(fresh.git, changes, `aiteam: ${shelf.agent}'s shelf dropped`))) {
      await dropTrash(fresh, trash);
      throw refusal('ref-changed', `${shelf.ref} has changed meanwhile`, 'aiteam shelve list');
    }
    fresh.journal.append({ kind: 'trashed', id: trash, agent: shelf.agent, what: `a shelf of ${shelf.agent}` });
    return { shelf, trash };
  });
}

/** Makes the trash entry that is to keep a shelf, before its ref goes there. */
export function listInTrash({ layout, ledger }: Workspace, { agent, base }: Shelf): string {
  const at = Date.now();
  const id = newTrashId(layout, agent, at);
  const record = ledger.agents.get(agent);
  writeTrashEntry(layout, { id, at, agent, what: 'shelf', branch: record?.branch ?? '', tip: base, worktree: record?.worktree ?? '', files: [] });
  return id;
}
