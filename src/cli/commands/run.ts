import type { Command } from 'commander';
import { DEFAULT_SLOT } from '../../core/slots.ts';
import { runCommandLine } from '../../operations/run/run.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('run')
    .description('run a heavy command when it has a place: over all repositories of this machine only so many run at once')
    .argument('<command...>', 'the program and its arguments; write -- before them')
    .option('--slot <name>', 'what it needs a place in, of "slots:" in the configuration', DEFAULT_SLOT)
    .option('--no-slot', 'wait for nobody')
    .passThroughOptions()
    .action(cli.action(async (command: [string, ...string[]], options: { slot: string | false }) => {
      const exitCode = await runCommandLine(cli.context, { command, slot: options.slot === false ? null : options.slot });
      return { json: {}, text: () => '', exitCode };
    }));
}
