import type { AgentConfig } from './config.ts';
import type { AgentId } from './ids.ts';

/** The agents that `init` writes where none are named. */
export const DEFAULT_TEAM = ['claude', 'glm', 'deepseek'] as const;

/** What an agent of this name usually is; nothing is known of a name that belongs to no family. */
export function usualAgent(agent: AgentId | (typeof DEFAULT_TEAM)[number]): AgentConfig {
  const [family, variant] = [agent.replace(/-.*$/s, ''), agent.replace(/^[^-]*-?/, '')];
  switch (family) {
    case 'claude': return { provider: 'anthropic', model: variant === '' ? null : variant, role: claudeRole(variant), command: null };
    case 'glm': return { provider: 'zai', model: variant === '' ? 'glm-4.7' : agent, role: 'developer', command: null };
    case 'deepseek': return { provider: 'deepseek', model: variant === '' ? 'deepseek-reasoner' : agent, role: 'analyst', command: null };
    default: return { provider: null, model: null, role: null, command: null };
  }
}

function claudeRole(model: string): string {
  if (model.startsWith('sonnet')) return 'tester';
  if (model.startsWith('haiku')) return 'documentation';
  return 'architect';
}
