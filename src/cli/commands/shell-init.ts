import { Argument, type Command } from 'commander';
import { shellFunctions } from '../../operations/shell-init.ts';
import { renderShellFunctions } from '../render/shell-functions.ts';
import { SHELLS, type Shell } from '../render/shell.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('shell-init')
    .description('print shell functions: one an agent that starts it here, ai-team, and aiteam cd AGENT')
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices(SHELLS))
    .option('--json', 'print JSON')
    .action(cli.action(async (shell: Shell, _options: { json?: boolean }) => {
      const functions = await shellFunctions(cli.context);
      return { json: { functions }, text: () => renderShellFunctions(functions, shell) };
    }));
}
