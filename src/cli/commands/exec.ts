import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { execAgent } from '../../operations/exec.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('exec')
    .description('run an agent\'s client, or a command, in its worktree with its provider\'s environment')
    .argument('<agent>', 'who')
    .argument('[command...]', 'what to run in its place, behind --')
    .passThroughOptions()
    .action(cli.action(async (agent: string, command: string[]) => {
      // Where options are passed through, so are the dashes that set the command apart.
      const given = command[0] === '--' ? command.slice(1) : command;
      const exitCode = await execAgent(cli.context, parseAgentId(agent), given.length === 0 ? null : given);
      return { json: {}, text: () => '', exitCode };
    }));
}
