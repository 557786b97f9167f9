import { configuredCommands } from '../core/approval.ts';
import { providerChanges, type Change } from '../core/environment-plan.ts';
import type { AgentId } from '../core/ids.ts';
import { resolveProfile } from '../core/launch.ts';
import { allProviders, providerProblem, tokenVariables, type Provider } from '../core/providers.ts';
import { presentNames } from '../launch/environment.ts';
import { isApproved } from './approval.ts';
import type { Context } from './context.ts';
import { knownAgents } from './known-agents.ts';

/** A provider, and whether an agent of it could be started. */
export interface ListedProvider {
  readonly provider: Provider;
  /** Variables that its key may come from, with whether they are set. Their values are never looked at. */
  readonly keys: readonly { readonly variable: string; readonly isSet: boolean }[];
  /** What an agent of it is given. */
  readonly sets: readonly Change[];
  readonly agents: readonly AgentId[];
  /** What keeps anything from being started with it, apart from a key that is not set; null where nothing does. */
  readonly problem: string | null;
}

/** Every provider that is known here, built in and configured; outside of a repository too. */
export async function listProviders(context: Context): Promise<ListedProvider[]> {
  const { repo, config, user, agents } = await knownAgents(context);
  const present = presentNames(context.env);
  const used = [...agents].map(([agent, role]) => ({ agent, name: resolveProfile(agent, role, config, user).providerName }));
  const approved = repo === null || isApproved({ context, repo, config }, configuredCommands(config));
  return allProviders({ project: config.providers, user: user.providers }).map((provider) => ({
    provider,
    keys: tokenVariables(provider).map((variable) => ({ variable, isSet: present.has(variable) })),
    sets: providerChanges({ provider, model: null, present, within: false }),
    agents: used.filter(({ name }) => name === provider.name).map(({ agent }) => agent),
    problem: problemOf(provider, approved),
  }));
}

function problemOf(provider: Provider, approved: boolean): string | null {
  if (provider.origin === 'project' && !approved) return 'it stands in .aiteam.yaml and is not approved: aiteam trust';
  return providerProblem(provider)?.message ?? null;
}
