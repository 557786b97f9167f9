import { parseAgentId } from '../core/agent-name.ts';
import { resolveProfile } from '../core/launch.ts';
import { agentFunctions, type AgentFunction } from '../core/shell-functions.ts';
import { DEFAULT_TEAM } from '../core/usual-team.ts';
import { findProgram } from '../launch/find-program.ts';
import type { Context } from './context.ts';
import { knownAgents } from './known-agents.ts';

/** A shell function for each agent that is known here; where nobody is, for the usual team. Errors: those of the configurations. */
export async function shellFunctions(context: Context): Promise<AgentFunction[]> {
  const { config, user, agents } = await knownAgents(context);
  const team = agents.size > 0 ? [...agents] : DEFAULT_TEAM.map((name) => [parseAgentId(name), null] as const);
  const named = team.map(([agent, role]) => ({ agent, provider: resolveProfile(agent, role, config, user).providerName }));
  return agentFunctions(named, (name) => findProgram(name, context.cwd, context.env) !== null);
}
