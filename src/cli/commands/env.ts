import { Option, type Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { environmentOf, pathsOf } from '../../operations/env.ts';
import { changesJson } from '../render/providers.ts';
import { renderEnvironment, SHELLS, shellOf, type Shell } from '../render/shell.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('env')
    .description('print an agent\'s environment for a shell: eval "$(aiteam env glm)"; keys stay in their variables')
    .argument('<agent>', 'whose')
    .addOption(new Option('--shell <shell>', 'for this shell (default: yours)').choices(SHELLS))
    .addOption(new Option('--paths', 'the folders that a sandbox must let it write, its worktree first').conflicts('shell'))
    .option('--json', 'print JSON')
    .action(cli.action(async (name: string, options: { shell?: Shell; paths?: boolean; json?: boolean }) => {
      const agent = parseAgentId(name);
      if (options.paths === true) {
        const paths = await pathsOf(cli.context, agent);
        return { json: { agent, paths }, text: () => paths.join('\n') };
      }
      const found = await environmentOf(cli.context, agent);
      const { provider, model, worktree, changes } = found;
      const unsets = changes.flatMap((change) => (change.kind === 'unset' ? [change.name] : []));
      return { json: { agent, provider, model, worktree, ...changesJson(changes), unsets }, text: () => renderEnvironment(changes, options.shell ?? shellOf(cli.context.env)) };
    }));
}
