import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { AgentId, CommitId } from '../../core/ids.ts';
import { shelfCommit } from '../../git/shelf-commit.ts';
import { resolveCommit } from '../../git/refs.ts';
import { interruptible } from '../../process/interruption.ts';
import type { ShelfIntent } from '../../state/intents.ts';
import type { Context } from '../context.ts';
import { inScratch } from '../in-scratch.ts';
import { openWorkspace } from '../open-workspace.ts';
import { pathFromTop } from '../paths-here.ts';
import type { Workspace } from '../workspace.ts';
import { aloneWithWorktrees } from '../worktree/alone.ts';
import { carryOut } from './move.ts';
import { shelfRef, shelvesOf } from './shelves.ts';
import { quietWorktree, shelfOwner } from './whose.ts';

export interface ShelveInput {
  /** Pathspecs from the current folder on; empty for everything. */
  readonly paths: readonly string[];
  readonly message: string | null;
  /** Whose, by a person; null for whoever calls. */
  readonly agent: AgentId | null;
}

export interface ShelvedWork {
  readonly agent: AgentId;
  readonly worktree: string;
  /** Null where there was nothing to put aside. */
  readonly shelf: { readonly id: string; readonly commit: CommitId; readonly message: string; readonly files: number } | null;
}

/**
 * Puts an agent's uncommitted work aside, untracked files included, and its worktree back to HEAD there; ignored files stay.
 * Errors: those of `shelfOwner`, `quietWorktree` and `moveCheckout`, `path-outside`.
 */
export async function shelve(context: Context, input: ShelveInput): Promise<ShelvedWork> {
  const workspace = await openWorkspace(context);
  const record = shelfOwner(workspace, input.agent);
  const pathspecs = input.paths.map((typed) => pathFromTop(workspace, typed)).map((path) => (path === '' ? '.' : path));
  return aloneWithWorktrees(workspace, 'aiteam shelve', async (fresh) => inScratch('shelve', (folder) => interruptible(`shelving ${record.agent}'s work`, async ({ hold }) => {
    const { worktree, gitDir, branch, head } = await quietWorktree(fresh, record);
    const message = (input.message ?? '').trim() || `work on ${branch} at ${head.slice(0, 8)}`;
    const git = fresh.git.with(await dateOfNewest(fresh, record.agent));
    const made = await shelfCommit(git, { path: worktree, gitDir, head }, pathspecs, join(folder, 'index'), message);
    if (made === null) return { agent: record.agent, worktree, shelf: null };
    const { commit, staged, changes } = made;
    const id = await freeId(fresh, record.agent, commit);
    const intent: ShelfIntent = {
      kind: 'shelve', agent: record.agent, path: worktree, gitDir, branch, from: commit, to: head, staged, ref: shelfRef(record.agent, id), shelf: commit,
      token: `shelve ${process.pid} ${randomBytes(4).toString('hex')}`, trash: null, done: false,
    };
    await hold(() => carryOut(fresh, intent));
    return { agent: record.agent, worktree, shelf: { id, commit, message, files: changes.length } };
  })));
}

/** Git's variables for a date by which a shelf made now is the agent's newest: git counts in seconds. */
async function dateOfNewest(workspace: Workspace, agent: AgentId): Promise<Readonly<Record<string, string>>> {
  const [newest] = await shelvesOf(workspace, agent);
  const date = `@${Math.max(Math.floor(Date.now() / 1000), newest === undefined ? 0 : newest.at / 1000 + 1)} +0000`;
  return { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
}

/** The beginning of the commit's id, as far as no other shelf has it. */
async function freeId({ git }: Workspace, agent: AgentId, commit: CommitId): Promise<string> {
  const there = await resolveCommit(git, shelfRef(agent, commit.slice(0, 8)));
  return there === null || there === commit ? commit.slice(0, 8) : commit;
}
