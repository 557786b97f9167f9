import type { Command } from 'commander';
import { refresh, refreshInBackground } from '../../operations/refresh.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('refresh', { hidden: true })
    .description('record what hooks missed and write the views anew')
    .option('--background', 'as hooks start it: say nothing')
    .option('--json', 'print JSON')
    .action(cli.action(async (options: { background?: boolean; json?: boolean }) => {
      await (options.background === true ? refreshInBackground(cli.context) : refresh(cli.context));
      return { json: {}, text: () => '' };
    }));
}
