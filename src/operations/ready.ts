import { refusal, usageError } from '../core/errors.ts';
import type { AgentId, CommitId } from '../core/ids.ts';
import { handoffsToLand } from '../core/ledger.ts';
import { worktreeStatus, type WorktreeStatus } from '../git/status.ts';
import { readMarker } from '../state/marker.ts';
import { requireAgent } from './agents.ts';
import type { Context } from './context.ts';
import { takeSnapshot } from './integrate/snapshot.ts';
import { refreshViews } from './refresh-views.ts';
import { settle } from './settle.ts';
import { openWorkspace } from './open-workspace.ts';
import { refreshed, type Workspace } from './workspace.ts';

export interface ReadyInput {
  /** Null for the agent whose worktree the command was called in. */
  readonly agent: AgentId | null;
  readonly undo: boolean;
}

export interface ReadyResult {
  readonly agent: AgentId;
  readonly branch: string;
  readonly tip: CommitId | null;
  readonly ready: boolean;
  /** False where it was so already. */
  readonly changed: boolean;
  /** Commits that would land. */
  readonly commits: number;
  /** What is not committed and so not part of it; null where nothing can be said. */
  readonly uncommitted: WorktreeStatus | null;
}

/**
 * Calls an agent's branch ready to land as it is now, or takes that back.
 * Errors: `agent-needed`, `agent-unknown`, `branch-missing`, `nothing-to-land`, `worktree-elsewhere`.
 */
export async function markReady(context: Context, input: ReadyInput): Promise<ReadyResult> {
  const workspace = await settle(await openWorkspace(context));
  const record = requireAgent(workspace.ledger, input.agent ?? agentHere(workspace));
  const { agent } = record;
  const snapshot = await takeSnapshot(workspace, workspace.target);
  const found = snapshot?.agents.find((candidate) => candidate.agent === agent);
  const common = { agent, branch: record.branch, tip: found?.tip ?? null, commits: found?.ahead ?? 0 };
  if (input.undo) {
    const handoffs = handoffsToLand(workspace.ledger, agent);
    const changed = record.readyTip !== null || handoffs.length > 0;
    if (changed) workspace.journal.append({ kind: 'unready', agent }, ...handoffs.map(({ id }) => ({ kind: 'handoff-closed' as const, id, by: agent, how: 'closed' as const, why: null })));
    await refreshViews(refreshed(workspace));
    return { ...common, ready: false, changed, uncommitted: null };
  }
  const tip = found?.tip ?? null;
  if (found === undefined || tip === null) throw refusal('branch-missing', `${agent}'s branch ${record.branch} does not exist`, `aiteam worktree set-branch ${agent} BRANCH`);
  if (found.ahead === 0) throw refusal('nothing-to-land', `${agent} has nothing that ${workspace.target} lacks`, `commit in ${record.worktree} first`);
  if (typeof found.worktree === 'object' || (found.worktree === 'detached' && found.underWay === null)) {
    const where = typeof found.worktree === 'object' ? `on ${found.worktree.onBranch}` : 'detached';
    throw refusal('worktree-elsewhere', `${agent}'s worktree is ${where}, so what it committed there is not on ${record.branch}`, `git -C ${record.worktree} switch ${record.branch}`, `aiteam worktree set-branch ${agent} BRANCH lands another branch`);
  }
  if (!found.ready) workspace.journal.append({ kind: 'ready', agent, tip });
  await refreshViews(refreshed(workspace));
  const uncommitted = found.worktree === 'missing' ? null : await worktreeStatus(workspace.git, record.worktree);
  return { ...common, ready: true, changed: !found.ready, uncommitted };
}

function agentHere({ repo }: Workspace): AgentId {
  const marker = readMarker(repo.currentGitDir);
  if (marker !== null) return marker.agent;
  throw usageError('agent-needed', 'this is no agent\'s worktree: say which agent is ready', 'aiteam ready glm');
}
