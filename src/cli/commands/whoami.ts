import type { Command } from 'commander';
import { whoAmI } from '../../operations/whoami.ts';
import { renderCaller } from '../render/whoami.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('whoami')
    .description('say which agent this worktree and environment are of, and in whose name it commits')
    .option('--json', 'print JSON')
    .action(cli.action(async (_options: { json?: boolean }) => {
      const caller = await whoAmI(cli.context);
      return { json: { ...caller }, text: (style) => renderCaller(caller, style) };
    }));
}
