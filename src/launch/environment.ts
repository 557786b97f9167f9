import type { AgentRecord } from '../core/ledger.ts';
import { withoutRepository } from '../git/git.ts';
import type { Env } from '../process/run.ts';

/** The environment that an agent's commands get: the caller's, without git's variables, with the agent's identity. */
export function agentEnvironment(env: Env, { agent, role }: Pick<AgentRecord, 'agent' | 'role'>): Env {
  return {
    ...withoutRepository(env),
    AI_AGENT_ID: agent,
    AI_AGENT_ROLE: role ?? undefined,
    AITEAM_AGENT: agent,
  };
}
