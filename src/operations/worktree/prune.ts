import { existsSync } from 'node:fs';
import { branchRef, type AgentId } from '../../core/ids.ts';
import { presentAgents, type AgentRecord } from '../../core/ledger.ts';
import { resolveCommit } from '../../git/refs.ts';
import { removeWorktree } from '../../git/worktree-commands.ts';
import { worktreeOf } from '../agents.ts';
import type { Context } from '../context.ts';
import { refreshViews } from '../refresh-views.ts';
import { openWorkspace } from '../open-workspace.ts';
import { reread, type Workspace } from '../workspace.ts';
import { aloneWithWorktrees } from './alone.ts';
import { findMoved } from './find-moved.ts';
import { forgetAgent } from './forget.ts';
import { pinBeforeForgetting } from './pin.ts';

export type Pruned = { readonly agent: AgentId; readonly path: string; readonly branch: string } & (
  | { readonly kind: 'forgotten'; readonly trash: string | null }
  | { readonly kind: 'locked' }
  | { readonly kind: 'moved'; readonly to: string }
);

/** Forgets agents whose worktree's folder was deleted by hand. Their branches stay; commits that only the worktree reached go to the trash. */
export async function pruneWorktrees(context: Context, dryRun: boolean): Promise<Pruned[]> {
  const workspace = await openWorkspace(context);
  const pruned: Pruned[] = [];
  await aloneWithWorktrees(workspace, 'aiteam worktree prune', async (fresh) => {
    for (const record of presentAgents(fresh.ledger)) {
      if (!existsSync(record.worktree)) pruned.push(await pruneOne(fresh, record, dryRun));
    }
  });
  await refreshViews(await reread(workspace));
  return pruned;
}

async function pruneOne(workspace: Workspace, record: AgentRecord, dryRun: boolean): Promise<Pruned> {
  const { agent, branch, worktree: path } = record;
  const worktree = worktreeOf(workspace, record);
  const place = worktree?.gitDir == null ? null : { agent, branch, path, gitDir: worktree.gitDir };
  if (worktree?.locked === true) return { agent, branch, path, kind: 'locked' };
  const to = place === null ? null : findMoved(workspace.repo, place);
  if (to !== null) return { agent, branch, path, kind: 'moved', to };
  if (dryRun) return { agent, branch, path, kind: 'forgotten', trash: null };
  const trash = place === null ? null : await pinBeforeForgetting(workspace, place);
  if (place !== null) await removeWorktree(workspace.git, path);
  forgetAgent(workspace, agent, branch, await resolveCommit(workspace.git, branchRef(branch)));
  return { agent, branch, path, kind: 'forgotten', trash };
}
