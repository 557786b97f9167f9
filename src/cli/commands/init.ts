import type { Command } from 'commander';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('init')
    .description('set this repository up for agents')
    .argument('[agent...]')
    .action(cli.action(async () => ({ json: {}, text: () => '' })));
}
