import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { sync } from '../../operations/sync/sync.ts';
import { renderSync, syncExitCode, syncJson } from '../render/sync.ts';
import type { Cli } from '../run-command.ts';

interface Options {
  readonly all?: boolean;
  readonly rebase?: boolean;
  readonly dryRun?: boolean;
}

export function define(program: Command, cli: Cli): void {
  program
    .command('sync')
    .description('bring the target into agents\' branches and worktrees, where they are clean and git would not stop')
    .argument('[agent...]', 'whose; without names the agent whose worktree this is, elsewhere all')
    .option('--all', 'all agents')
    .option('--rebase', 'replay the branch\'s own commits on the target instead of merging; the old tip is kept')
    .option('-n, --dry-run', 'show what would come of it, change nothing')
    .option('--json', 'print JSON')
    .action(cli.action(async (agents: string[], options: Options) => {
      const result = await sync(cli.context, {
        agents: [...new Set(agents)].map(parseAgentId), all: options.all === true, rebase: options.rebase === true, dryRun: options.dryRun === true,
      });
      return { json: syncJson(result), text: (style) => renderSync(result, style), exitCode: syncExitCode(result) };
    }));
}
