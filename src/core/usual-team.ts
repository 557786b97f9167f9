import type { AgentConfig } from './config.ts';
import type { AgentId } from './ids.ts';

/** The agents that `init` writes where none are named. */
export const DEFAULT_TEAM = ['claude', 'glm', 'deepseek'] as const;

/** What makes an agent before anything about its command is said. */
export type AgentProfile = Pick<AgentConfig, 'provider' | 'model' | 'role'>;

/** What an agent of this name usually is; nothing is known of a name that belongs to no family. */
export function usualAgent(agent: AgentId | (typeof DEFAULT_TEAM)[number]): AgentProfile {
  const [family, variant] = [agent.replace(/-.*$/s, ''), agent.replace(/^[^-]*-?/, '')];
  const model = variant === '' ? null : variant;
  switch (family) {
    case 'claude': return { provider: 'anthropic', model, role: claudeRole(variant) };
    case 'glm': return { provider: 'zai', model: model === null ? 'glm-4.7' : agent, role: 'developer' };
    case 'deepseek': return { provider: 'deepseek', model: model === null ? 'deepseek-reasoner' : agent, role: 'analyst' };
    case 'kimi': return { provider: 'moonshot', model: model === null ? null : agent, role: null };
    case 'codex': return { provider: 'openai', model: null, role: null };
    case 'gemini': return { provider: 'google', model: model === null ? null : agent, role: null };
    default: return { provider: null, model: null, role: null };
  }
}

function claudeRole(model: string): string {
  if (model.startsWith('sonnet')) return 'tester';
  if (model.startsWith('haiku')) return 'documentation';
  return 'architect';
}

/** Who usually plays a role: its provider and model. */
export interface RolePreset {
  readonly role: string;
  /** Other words for it. */
  readonly alias: readonly string[];
  readonly provider: string;
  readonly model: string;
  /** What the role does. */
  readonly does: string;
}

export const ROLE_PRESETS: readonly RolePreset[] = [
  { role: 'architect', alias: ['team lead', 'team-lead', 'lead'], provider: 'anthropic', model: 'opus', does: 'architecture, planning, reviews' },
  { role: 'developer', alias: [], provider: 'zai', model: 'glm-4.7', does: 'implementation, refactoring' },
  { role: 'analyst', alias: ['debugger'], provider: 'deepseek', model: 'deepseek-reasoner', does: 'debugging, analysis' },
  { role: 'tester', alias: [], provider: 'anthropic', model: 'sonnet', does: 'tests, validation' },
  { role: 'documentation', alias: [], provider: 'anthropic', model: 'haiku', does: 'documents, comments' },
];

/** The preset of a role, by any of its names; undefined for a role of the user's own. */
export function presetOf(role: string): RolePreset | undefined {
  const word = role.trim().toLowerCase();
  return ROLE_PRESETS.find((preset) => preset.role === word || preset.alias.includes(word));
}
