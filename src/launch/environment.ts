import type { Change } from '../core/environment-plan.ts';
import { isProviderVariable } from '../core/provider-variables.ts';
import type { AgentRecord } from '../core/ledger.ts';
import { withoutRepository } from '../git/git.ts';
import type { Env } from '../process/run.ts';

/** The environment that work for an agent gets, such as its set-up: the caller's, without git's variables, with the agent's identity. */
export function agentEnvironment(env: Env, { agent, role }: Pick<AgentRecord, 'agent' | 'role'>): Env {
  return {
    ...withoutRepository(env),
    AI_AGENT_ID: agent,
    AI_AGENT_ROLE: role ?? undefined,
    AITEAM_AGENT: agent,
  };
}

/** The environment that an agent's client gets: the caller's, without git's variables, with the changes of its plan. */
export function launchEnvironment(env: Env, changes: readonly Change[]): Env {
  const changed = changes.map((change) => [change.name, change.kind === 'set' ? change.value : change.kind === 'copy' ? env[change.from] : undefined] as const);
  return { ...withoutRepository(env), ...Object.fromEntries(changed) };
}

/** Names of the variables that are set to more than nothing. */
export function presentNames(env: Env): Set<string> {
  return new Set(Object.entries(env).flatMap(([name, value]) => ((value ?? '') === '' ? [] : [name])));
}

/** The names of git's variables in the environment by which git would work on another repository. */
export function repositoryNames(env: Env): string[] {
  const kept = withoutRepository(env);
  return Object.keys(env).filter((name) => !Object.hasOwn(kept, name)).sort();
}

/** What our tmux server, and so every window, begins with: the caller's environment without git's variables, a provider's, these keys, an agent's, and another tmux's. */
export function windowEnvironment(env: Env, keys: readonly string[]): Env {
  const dropped = new Set([...keys, 'TMUX', 'TMUX_PANE', 'AI_AGENT_ID', 'AI_AGENT_ROLE', 'AITEAM_AGENT', 'AITEAM_SLOTS_HELD']);
  return Object.fromEntries(Object.entries(withoutRepository(env)).filter(([name]) => !dropped.has(name) && !isProviderVariable(name)));
}

/** The environment of commands that run what agents have written: the caller's without a provider's variables and these keys, but those that it is allowed. */
export function keylessEnvironment(env: Env, keys: readonly string[], allowed: readonly string[] = []): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => allowed.includes(name) || !(keys.includes(name) || isProviderVariable(name))));
}

/** A shorter value is no key, and stands in many an output by chance. */
const SHORTEST_KEY = 8;

/** The variable whose value, a provider's key, stands in these bytes; null for none. `keys` are the names by which keys are configured. */
export function keyShownIn(env: Env, keys: readonly string[], output: Uint8Array): string | null {
  const isKey = (name: string): boolean => keys.includes(name) || (isProviderVariable(name) && /(KEY|TOKEN)(_|$)/.test(name));
  const bytes = Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  return Object.entries(env).find(([name, value = '']) => isKey(name) && value.length >= SHORTEST_KEY && bytes.includes(value))?.[0] ?? null;
}
