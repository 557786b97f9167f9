import { commandText, parseCommand } from './clients.ts';
import type { AgentConfig, Config } from './config.ts';
import type { AgentId } from './ids.ts';
import { NO_USER_CONFIG } from './config.ts';
import { providerChanges } from './environment-plan.ts';
import { resolveLaunch } from './launch.ts';
import { findProvider } from './providers.ts';

/** A command of the configuration that only runs, or a setting that only takes effect, after `aiteam trust`. */
export interface ConfiguredCommand {
  readonly kind: 'setup' | 'gate' | 'merge driver' | 'agent' | 'provider' | 'variables';
  /** The step's, gate's, driver's or provider's name, or the agent's id. */
  readonly name: string;
  /** The command; for a provider and for variables what is set, one a line. */
  readonly run: string;
}

/** Everything that the configuration would have us run or set, in the order in which it stands there. */
export function configuredCommands(config: Config): ConfiguredCommand[] {
  return [
    ...config.setup.map(({ name, run }) => ({ kind: 'setup' as const, name, run })),
    ...config.gates.map(({ name, run, keys }) => ({ kind: 'gate' as const, name, run: [run, ...keys.map((key) => `with $${key}`)].join('\n') })),
    ...[...config.mergeDrivers].map(([name, run]) => ({ kind: 'merge driver' as const, name, run })),
    ...[...config.providers.keys()].map((name) => ({ kind: 'provider' as const, name, run: providerText(name, config) })),
    ...[...config.agents].flatMap(([agent, entry]) => agentCommands(agent, entry, config)),
  ];
}

function agentCommands(agent: AgentId, entry: AgentConfig, config: Config): ConfiguredCommand[] {
  const run = runOf(agent, entry, config);
  return [
    ...(run === null ? [] : [{ kind: 'agent' as const, name: agent, run }]),
    ...(entry.env.size === 0 ? [] : [{ kind: 'variables' as const, name: agent, run: [...entry.env].map(([name, value]) => `${name}=${value}`).sort().join('\n') }]),
  ];
}

/** What the agent runs by this file; null where the file leaves that to what is built in. */
function runOf(agent: AgentId, entry: AgentConfig, config: Config): string | null {
  if (entry.args === null) return entry.command;
  if (entry.command !== null) return commandText(parseCommand(entry.command, entry.args));
  const { command } = resolveLaunch(agent, null, config, NO_USER_CONFIG);
  return command === null ? null : commandText(command);
}

/** Where agents of this provider are sent, and with what. */
function providerText(name: string, config: Config): string {
  const provider = findProvider(name, { project: config.providers, user: NO_USER_CONFIG.providers });
  const changes = providerChanges({ provider, model: null, present: new Set(), within: false });
  return changes.flatMap((change) => (change.kind === 'unset' ? [] : [`${change.name}=${change.kind === 'copy' ? `$${change.from}` : change.value}`])).join('\n');
}

/**
 * The text whose hash an approval is bound to: what would run, where. All but set-up and gates are sorted, and the names
 * of steps and gates are left out, because neither changes what runs.
 */
export function approvalText(repository: string, commands: readonly ConfiguredCommand[]): string {
  const runs = (kind: ConfiguredCommand['kind']): string[] => commands.filter((command) => command.kind === kind).map(({ run }) => run);
  const byName = (kind: ConfiguredCommand['kind']): string[][] => commands.filter((command) => command.kind === kind).map(({ name, run }) => [name, run]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  const more = { drivers: byName('merge driver'), providers: byName('provider'), variables: byName('variables') };
  return JSON.stringify({ version: 1, repository, setup: runs('setup'), gates: runs('gate'), agents: byName('agent'), ...Object.fromEntries(Object.entries(more).filter(([, list]) => list.length > 0)) });
}
