import type { AgentId, CommitId } from '../../core/ids.ts';
import { presentAgents, type AgentRecord } from '../../core/ledger.ts';
import { requireAgent, worktreeOf } from '../agents.ts';
import { GATE_FOLDER } from '../../git/gate-worktree.ts';
import type { Context } from '../context.ts';
import { openWorkspace } from '../open-workspace.ts';
import type { Workspace } from '../workspace.ts';
import { basename } from 'node:path';

export interface ListedAgent {
  readonly agent: AgentId;
  readonly role: string | null;
  readonly task: string | null;
  readonly path: string;
  /** The recorded branch. */
  readonly branch: string;
  readonly head: CommitId | null;
  /** Whether the worktree is on its branch, on another, on none, or gone. */
  readonly state: 'on-branch' | 'elsewhere' | 'detached' | 'missing';
  /** The branch that is checked out; null when detached or gone. */
  readonly onBranch: string | null;
  readonly locked: boolean;
}

export interface WorktreeList {
  readonly agents: readonly ListedAgent[];
  /** Linked worktrees that are no agent's. */
  readonly others: readonly { readonly path: string; readonly branch: string | null }[];
}

/** The agents' worktrees, and the others that could be adopted. */
export async function listAgentWorktrees(context: Context): Promise<WorktreeList> {
  const workspace = await openWorkspace(context);
  const agents = presentAgents(workspace.ledger);
  const taken = new Set(agents.map((agent) => agent.worktree));
  return {
    agents: agents.map((agent) => listed(workspace, agent)),
    others: workspace.repo.worktrees.slice(1)
      .filter((worktree) => !worktree.bare && !taken.has(worktree.path) && basename(worktree.path) !== GATE_FOLDER)
      .map(({ path, branch }) => ({ path, branch })),
  };
}

/** The folder of an agent's worktree. Errors: `agent-unknown`. */
export async function worktreePath(context: Context, agent: AgentId): Promise<string> {
  return requireAgent((await openWorkspace(context)).ledger, agent).worktree;
}

function listed(workspace: Workspace, record: AgentRecord): ListedAgent {
  const worktree = worktreeOf(workspace, record);
  const { agent, role, task, branch } = record;
  const common = { agent, role, task, branch, path: record.worktree, locked: worktree?.locked === true };
  if (worktree === undefined || worktree.prunable) return { ...common, head: null, state: 'missing', onBranch: null };
  const state = worktree.branch === null ? 'detached' : worktree.branch === branch ? 'on-branch' : 'elsewhere';
  return { ...common, head: worktree.head, state, onBranch: worktree.branch };
}
