import type { Command } from 'commander';
import { isSomethingLeft, teamStatus } from '../../operations/status.ts';
import { renderStatus, statusJson } from '../render/status.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('status')
    .description('show where every agent stands: its branch, its uncommitted files, what waits for it')
    .option('--exit-code', 'exit with 3 where anything is left to do')
    .option('--json', 'print JSON')
    .action(cli.action(async (options: { exitCode?: boolean; json?: boolean }) => {
      const status = await teamStatus(cli.context);
      return { json: statusJson(status), text: (style) => renderStatus(status, style), exitCode: options.exitCode === true && isSomethingLeft(status) ? 3 : 0 };
    }));
}
