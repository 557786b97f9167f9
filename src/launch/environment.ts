import type { AgentConfig } from '../core/config.ts';
import type { AgentId } from '../core/ids.ts';
import { withoutRepository } from '../git/git.ts';
import type { Env } from '../process/run.ts';

/** The environment that an agent's commands get: the caller's, without git's variables, with the agent's identity. */
export function agentEnvironment(env: Env, agent: AgentId, config: AgentConfig | undefined): Env {
  return {
    ...withoutRepository(env),
    AI_AGENT_ID: agent,
    AI_AGENT_ROLE: config?.role ?? undefined,
    AITEAM_AGENT: agent,
  };
}
