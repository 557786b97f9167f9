import type { Command } from 'commander';
import { atCommit } from '../../operations/overlaps/at-commit.ts';
import { atCommitJson, renderAtCommit } from '../render/at-commit.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('at-commit', { hidden: true })
    .description('as commit hooks call it: say which lines of a commit would conflict with unlanded work')
    .option('--staged', 'of what is staged; exit with 3 where the policy says block')
    .option('--json', 'print JSON')
    .action(cli.action(async (options: { staged?: boolean; json?: boolean }) => {
      const found = await atCommit(cli.context, options.staged === true);
      return { json: atCommitJson(found), text: () => renderAtCommit(found), exitCode: found.blocked ? 3 : 0 };
    }));
}
