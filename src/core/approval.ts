import type { Config } from './config.ts';

/** A command of the configuration that only runs after `aiteam trust`. */
export interface ConfiguredCommand {
  readonly kind: 'setup' | 'gate' | 'merge driver' | 'agent';
  /** The step's, gate's or driver's name, or the agent's id. */
  readonly name: string;
  readonly run: string;
}

/** Everything that the configuration would have us run, in the order in which it stands there. */
export function configuredCommands(config: Config): ConfiguredCommand[] {
  return [
    ...config.setup.map(({ name, run }) => ({ kind: 'setup' as const, name, run })),
    ...config.gates.map(({ name, run }) => ({ kind: 'gate' as const, name, run })),
    ...[...config.mergeDrivers].map(([name, run]) => ({ kind: 'merge driver' as const, name, run })),
    ...[...config.agents].flatMap(([agent, { command }]) => (command === null ? [] : [{ kind: 'agent' as const, name: agent, run: command }])),
  ];
}

/**
 * The text whose hash an approval is bound to: what would run, where. Agents and merge drivers are sorted, and the names
 * of steps and gates are left out, because neither changes what runs.
 */
export function approvalText(repository: string, commands: readonly ConfiguredCommand[]): string {
  const runs = (kind: ConfiguredCommand['kind']): string[] => commands.filter((command) => command.kind === kind).map(({ run }) => run);
  const byName = (kind: ConfiguredCommand['kind']): string[][] => commands.filter((command) => command.kind === kind).map(({ name, run }) => [name, run]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  const drivers = byName('merge driver');
  return JSON.stringify({ version: 1, repository, setup: runs('setup'), gates: runs('gate'), agents: byName('agent'), ...(drivers.length === 0 ? {} : { drivers }) });
}
