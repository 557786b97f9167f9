import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commonConfigFile, CONFIG_FILE, type LoadedConfig } from '../config/load.ts';
import { parseConfig } from '../config/schema.ts';
import { newConfigText, withAgents, withTarget, type Team } from '../config/write.ts';
import type { Config } from '../core/config.ts';
import { refusal } from '../core/errors.ts';
import type { AgentId } from '../core/ids.ts';
import { escapeText } from '../core/text.ts';
import { DEFAULT_TEAM, usualAgent } from '../core/usual-team.ts';
import { parseAgentId } from '../core/agent-name.ts';
import type { Repository } from '../git/repository.ts';
import { replaceFile } from '../state/atomic-file.ts';

/** What `init` does about the configuration. */
export type ConfigPlan =
  | { readonly kind: 'keep'; readonly config: Config }
  | { readonly kind: 'write' | 'extend'; readonly config: Config; readonly path: string; readonly text: string; readonly added: readonly AgentId[] };

export interface ConfigWishes {
  readonly agents: readonly AgentId[];
  /** The target found or named, and whether it was named. */
  readonly target: string;
  readonly targetNamed: boolean;
}

/**
 * A new configuration where there is none, else the existing one with the agents and the target that it lacks.
 * Errors: `config-elsewhere` where it is on a branch that is not checked out, `config-by-hand` where lines cannot be added.
 */
export function planConfig(repo: Repository, { config, origin }: LoadedConfig, wishes: ConfigWishes): ConfigPlan {
  if (origin.kind === 'none') {
    const agents = wishes.agents.length > 0 ? wishes.agents : DEFAULT_TEAM.map(parseAgentId);
    const path = repo.mainWorktree === null ? commonConfigFile(repo) : join(repo.mainWorktree, CONFIG_FILE);
    const text = newConfigText(wishes.target, usualTeam(agents));
    return { kind: 'write', config: check(text, path), path, text, added: agents };
  }
  const added = wishes.agents.filter((agent) => !config.agents.has(agent));
  const addTarget = wishes.targetNamed && config.target === null;
  if (added.length === 0 && !addTarget) return { kind: 'keep', config };
  if (origin.kind === 'branch') {
    throw refusal('config-elsewhere', `the configuration is on branch ${escapeText(origin.branch)}, which is not checked out here`, `git switch ${escapeText(origin.branch)}, then try again`);
  }
  const before = readFileSync(origin.path, 'utf8');
  const targeted = addTarget ? withTarget(before, wishes.target) : before;
  const text = targeted !== null && added.length > 0 ? withAgents(targeted, usualTeam(added)) : targeted;
  if (text === null) {
    throw refusal('config-by-hand', `${CONFIG_FILE} is written in braces, so that no line can be added to it`, `add by hand: ${[...(addTarget ? [`target: ${wishes.target}`] : []), ...added.map((agent) => `${agent}: {}`)].join(', ')}`);
  }
  return { kind: 'extend', config: check(text, origin.path), path: origin.path, text, added };
}

/** Writes what was planned. */
export function applyConfig(plan: ConfigPlan): void {
  if (plan.kind === 'keep') return;
  replaceFile(plan.path, plan.text, plan.kind === 'extend' ? statSync(plan.path).mode & 0o777 : 0o644);
}

function check(text: string, path: string): Config {
  return parseConfig(Buffer.from(text), path);
}

function usualTeam(agents: readonly AgentId[]): Team {
  return new Map(agents.map((agent) => [agent, usualAgent(agent)]));
}
