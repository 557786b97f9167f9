import { refusal, type AiteamError } from '../core/errors.ts';
import type { AgentId } from '../core/ids.ts';
import { presentAgents, type AgentRecord, type Ledger } from '../core/ledger.ts';
import { nearest } from '../core/nearest.ts';
import type { Worktree } from '../git/worktrees.ts';
import type { Unconfigured } from './workspace.ts';

/** What is known of an agent that has a worktree. Errors: `agent-unknown` with the name that was probably meant. */
export function requireAgent(ledger: Ledger, agent: AgentId): AgentRecord {
  const record = ledger.agents.get(agent);
  if (record?.present === true) return record;
  throw unknownAgent(agent, presentAgents(ledger).map((known) => known.agent));
}

/** Returns where the agent is here, or was before it was removed. Errors: `agent-unknown`. */
export function requireKnown(ledger: Ledger, agent: AgentId): void {
  if (!ledger.agents.has(agent)) throw unknownAgent(agent, [...ledger.agents.keys()]);
}

function unknownAgent(agent: AgentId, names: readonly AgentId[]): AiteamError {
  const meant = nearest(agent, names);
  return refusal(
    'agent-unknown', `there is no agent ${agent} here`,
    ...(meant === null ? [] : [`did you mean ${meant}?`]),
    names.length === 0 ? `aiteam worktree add ${agent}` : `aiteam worktree list shows those there are; aiteam worktree add ${agent} adds this one`,
  );
}

/** The agent's worktree as git has it, or undefined where git knows none at the recorded place. */
export function worktreeOf(workspace: Unconfigured, record: AgentRecord): Worktree | undefined {
  return workspace.repo.worktrees.find((worktree) => worktree.path === record.worktree && worktree.gitDir !== null);
}
