import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { usageError } from '../../core/errors.ts';
import { escapeText } from '../../core/text.ts';
import { commitFor } from '../../operations/commit.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('commit')
    .description('commit for an agent whose sandbox cannot: in its worktree, in its name and through its hooks')
    .argument('<agent>', 'for whom')
    .argument('[path...]', 'only these; left out, what is staged')
    .requiredOption('-m, --message <text>', 'the commit\'s message')
    .option('--all', 'everything that is not ignored')
    .option('--json', 'print JSON')
    .action(cli.action(async (agent: string, paths: string[], options: { message: string; all?: boolean; json?: boolean }) => {
      if (options.all === true && paths.length > 0) throw usageError('all-or-paths', 'paths and --all exclude each other');
      const content = options.all === true ? { kind: 'all' as const } : paths.length > 0 ? { kind: 'paths' as const, paths } : { kind: 'staged' as const };
      const committed = await commitFor(cli.context, { agent: parseAgentId(agent), message: options.message, content });
      return { json: { ...committed }, text: (style) => `${style.green('committed')}  ${committed.agent} (${escapeText(committed.branch)} at ${committed.commit.slice(0, 8)})` };
    }));
}
