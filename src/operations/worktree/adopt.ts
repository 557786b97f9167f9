import { basename, resolve } from 'node:path';
import { parseAgentId } from '../../core/agent-name.ts';
import { guessAgent } from '../../core/guess-agent.ts';
import { refusal } from '../../core/errors.ts';
import type { AgentId } from '../../core/ids.ts';
import { presentAgents } from '../../core/ledger.ts';
import { escapeText } from '../../core/text.ts';
import { GATE_FOLDER } from '../../git/gate-worktree.ts';
import { writePreparation } from '../../state/preparation.ts';
import type { Context } from '../context.ts';
import { refreshViews } from '../refresh-views.ts';
import { openWorkspace } from '../open-workspace.ts';
import { reread, type Workspace } from '../workspace.ts';
import { aloneWithWorktrees } from './alone.ts';
import { finishAdd, type AgentPlace } from './finish.ts';
import { canonical, isBelow } from './place.ts';

export interface Adopted {
  readonly agent: AgentId;
  readonly path: string;
  readonly branch: string;
}

/**
 * Gives a worktree that git or another tool made to an agent; without an id, the one that branch or folder is named after.
 * Errors: `not-a-worktree`, `worktree-detached`, `worktree-taken`, `branch-is-target`, `agent-exists`, `agent-name`.
 */
export async function adoptWorktree(context: Context, request: { path: string; agent: AgentId | null; role: string | null; task: string | null }): Promise<Adopted> {
  const workspace = await openWorkspace(context);
  const adopted = await aloneWithWorktrees(workspace, 'aiteam worktree adopt', async (fresh) => {
    const place = placeOf(fresh, canonical(resolve(context.cwd, request.path)), request.agent);
    await finishAdd(fresh, place, request);
    // It is in use already: nothing in it is ours, and nothing is copied into it.
    writePreparation(place.gitDir, { done: true, made: new Map() });
    const { agent, path, branch } = place;
    return { agent, path, branch };
  });
  await refreshViews(await reread(workspace));
  return adopted;
}

function placeOf({ repo, ledger, target, config }: Workspace, folder: string, asked: AgentId | null): AgentPlace {
  const linked = repo.worktrees.filter((worktree) => worktree.gitDir !== null && !worktree.prunable && basename(worktree.path) !== GATE_FOLDER);
  const worktree = linked.find((candidate) => isBelow(folder, candidate.path));
  if (worktree === undefined || worktree.gitDir === null) {
    throw refusal('not-a-worktree', `${escapeText(folder)} is no linked worktree of this repository`, 'git worktree list shows those there are', 'to make one: aiteam worktree add AGENT');
  }
  const { path, branch, gitDir } = worktree;
  if (branch === null) throw refusal('worktree-detached', `the worktree at ${escapeText(path)} is on no branch`, `git -C ${escapeText(path)} switch -c feature/AGENT`);
  if (branch === target) throw refusal('branch-is-target', `the worktree at ${escapeText(path)} is on ${branch}, the branch that agents land on`, `git -C ${escapeText(path)} switch -c feature/AGENT`);
  const agent = asked ?? parseAgentId(guessAgent(branch, config.worktrees.branch) ?? basename(path));
  for (const record of presentAgents(ledger)) {
    if (record.worktree === path && record.agent !== agent) {
      throw refusal('worktree-taken', `the worktree at ${escapeText(path)} is ${record.agent}'s`, `aiteam worktree remove ${record.agent}`);
    }
    if (record.agent === agent && record.worktree !== path) {
      throw refusal('agent-exists', `${agent} has a worktree already, at ${escapeText(record.worktree)}`, `aiteam worktree adopt ${escapeText(path)} --agent ANOTHER-NAME`);
    }
  }
  return { agent, path, branch, gitDir };
}
