import { agentNameProblem } from '../core/agent-name.ts';
import { NO_USER_CONFIG, type AgentConfig, type UserConfig } from '../core/config.ts';
import type { AgentId } from '../core/ids.ts';
import { budgetsRule, pricesRule } from './cost-rules.ts';
import { agentRule, identityRule, idleRule, providersRule } from './launch-rules.ts';
import { readYaml } from './read-yaml.ts';
import { made, mapOf, optional, record, required, scalar, type Rule } from './rules.ts';
import { slotsRule } from './slot-rules.ts';

/** Every key of the user's own file with what it must hold. */
export const USER_CONFIG_RULE: Rule<UserConfig> = made(
  record('the keys of a configuration, "version: 1" first', {
    version: required(scalar('version 1, the only one that this aiteam reads', (value) => (value === '1' ? 1 : null))),
    providers: optional(providersRule, NO_USER_CONFIG.providers),
    agents: optional(mapOf<AgentId, AgentConfig>('a map of agents', agentNameProblem, agentRule), NO_USER_CONFIG.agents),
    identity: optional(identityRule, NO_USER_CONFIG.identity),
    slots: optional(slotsRule, NO_USER_CONFIG.slots),
    prices: optional(pricesRule, NO_USER_CONFIG.prices),
    budgets: optional(budgetsRule, NO_USER_CONFIG.budgets),
    idle: optional(idleRule, NO_USER_CONFIG.idle),
  }),
  ({ version: _version, ...rest }) => rest,
);

/** The configuration in the bytes of the user's own file; `name` is what messages call it. Errors: `config-invalid`. */
export function parseUserConfig(bytes: Uint8Array, name: string): UserConfig {
  return readYaml(bytes, name, USER_CONFIG_RULE);
}
