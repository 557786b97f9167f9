import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { unshelve } from '../../operations/shelf/unshelve.ts';
import { renderUnshelved, shelfJson } from '../render/shelve.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('unshelve')
    .description('bring shelved work back into its agent\'s worktree, what was staged staged; nothing is overwritten')
    .argument('[id]', 'its id, or the beginning of it; left out, the newest')
    .option('--agent <agent>', 'whose, by a person; left out, of whoever calls')
    .option('--json', 'print JSON')
    .action(cli.action(async (id: string | undefined, options: { agent?: string; json?: boolean }) => {
      const done = await unshelve(cli.context, { id: id ?? null, agent: options.agent === undefined ? null : parseAgentId(options.agent) });
      return { json: { ...done, shelf: shelfJson(done.shelf) }, text: (style) => renderUnshelved(done, style) };
    }));
}
