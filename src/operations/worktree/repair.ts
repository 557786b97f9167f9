import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AgentId } from '../../core/ids.ts';
import { presentAgents } from '../../core/ledger.ts';
import { repairWorktrees } from '../../git/worktree-commands.ts';
import { readMarker } from '../../state/marker.ts';
import type { Context } from '../context.ts';
import { refreshViews } from '../refresh-views.ts';
import { openWorkspace } from '../open-workspace.ts';
import { reread, type Workspace } from '../workspace.ts';
import { aloneWithWorktrees } from './alone.ts';
import { findMoved } from './find-moved.ts';
import { equip } from './finish.ts';
import { canonical } from './place.ts';

export interface Repaired {
  /** Worktrees that are somewhere else now. */
  readonly moved: readonly { readonly agent: AgentId; readonly from: string; readonly to: string }[];
  /** Agents whose worktree was not found anywhere. */
  readonly missing: readonly { readonly agent: AgentId; readonly path: string }[];
  /** Agents whose worktree is in order. */
  readonly whole: readonly AgentId[];
}

/**
 * Connects worktrees that were moved by hand again: git's registration, marker, link and journal. Looks beside the
 * old place and the repository, and at the paths named.
 */
export async function repairMoved(context: Context, paths: readonly string[]): Promise<Repaired> {
  const workspace = await openWorkspace(context);
  const repaired = await aloneWithWorktrees(workspace, 'aiteam worktree repair', async (fresh) => {
    const named = paths.map((path) => canonical(resolve(context.cwd, path)));
    const lost = fresh.repo.worktrees.filter((worktree) => worktree.gitDir !== null && !existsSync(worktree.path));
    const found = lost.flatMap((worktree) => (worktree.gitDir === null ? [] : [findMoved(fresh.repo, { path: worktree.path, gitDir: worktree.gitDir })])).filter((path) => path !== null);
    await repairWorktrees(fresh.git, [...new Set([...named, ...found])]);
    return settle(await reread(fresh));
  });
  await refreshViews(await reread(workspace));
  return repaired;
}

async function settle(workspace: Workspace): Promise<Repaired> {
  const { repo, ledger, journal } = workspace;
  const moved: Repaired['moved'][number][] = [];
  const missing: Repaired['missing'][number][] = [];
  const whole: AgentId[] = [];
  for (const record of presentAgents(ledger)) {
    const { agent } = record;
    const there = repo.worktrees.filter((worktree) => worktree.gitDir !== null && existsSync(worktree.path));
    const worktree = there.find(({ path }) => path === record.worktree) ?? there.find(({ gitDir }) => gitDir !== null && readMarker(gitDir)?.agent === agent);
    if (worktree === undefined || worktree.gitDir === null) {
      missing.push({ agent, path: record.worktree });
      continue;
    }
    await equip(workspace, { agent, path: worktree.path, gitDir: worktree.gitDir }, record.role);
    whole.push(agent);
    if (worktree.path === record.worktree) continue;
    journal.append({ kind: 'moved', agent, worktree: worktree.path });
    moved.push({ agent, from: record.worktree, to: worktree.path });
  }
  return { moved, missing, whole };
}
