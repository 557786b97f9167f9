import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { attachTeam } from '../../operations/windows/attach.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('attach')
    .description('show the agents\' windows in this terminal; Ctrl-b d leaves them open')
    .argument('[agent]', 'at whose window')
    .action(cli.action(async (agent: string | undefined) => {
      const exitCode = await attachTeam(cli.context, agent === undefined ? null : parseAgentId(agent));
      return { json: {}, text: () => '', exitCode };
    }));
}
