import { Option, type Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { execAgent, execHanded } from '../../operations/exec.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('exec')
    .description('run an agent\'s client, or a command, in its worktree with its provider\'s environment')
    .argument('<agent>', 'who')
    .argument('[command...]', 'what to run in its place, behind --')
    .addOption(new Option('--handed <folder>', 'where up offers keys and prompt').hideHelp())
    .option('--over-budget', 'start it though a budget is spent')
    .passThroughOptions()
    .action(cli.action(async (name: string, command: string[], { handed, overBudget }: { handed?: string; overBudget?: boolean }) => {
      // Where options are passed through, so are the dashes that set the command apart.
      const given = command[0] === '--' ? command.slice(1) : command;
      const agent = parseAgentId(name);
      const exitCode = handed === undefined ? await execAgent(cli.context, agent, given.length === 0 ? null : given, overBudget === true) : await execHanded(cli.context, agent, handed);
      return { json: {}, text: () => '', exitCode };
    }));
}
