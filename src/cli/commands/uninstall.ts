import type { Command } from 'commander';
import { uninstall } from '../../operations/uninstall.ts';
import { renderUninstalled } from '../render/uninstall.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('uninstall')
    .description('take everything of aiteam out of this repository; agents\' branches and worktrees stay')
    .option('-f, --force', 'also what only aiteam keeps: the trash, and commits that no branch has')
    .option('--json', 'print JSON')
    .action(cli.action(async (options: { force?: boolean; json?: boolean }) => {
      const done = await uninstall(cli.context, options.force === true);
      return { json: { agents: done.agents, left: done.left }, text: () => renderUninstalled(done), exitCode: done.left.length > 0 ? 3 : 0 };
    }));
}
