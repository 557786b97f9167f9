import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { dropShelf } from '../../operations/shelf/drop.ts';
import { shelve } from '../../operations/shelf/shelve.ts';
import { listShelves } from '../../operations/shelf/shelves.ts';
import { renderDropped, renderShelved, renderShelves, shelfJson } from '../render/shelve.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  const command = program
    .command('shelve')
    .description('put an agent\'s uncommitted work aside, untracked files included: what git stash does, for one agent alone')
    // An option after "list" or "drop" is theirs.
    .enablePositionalOptions()
    .argument('[path...]', 'only these, as git pathspecs (./list for a path of that name)')
    .option('-m, --message <text>', 'what it is')
    .option('--agent <agent>', 'whose, by a person; left out, of whoever calls')
    .option('--json', 'print JSON')
    .action(cli.action(async (paths: string[], options: { message?: string; agent?: string; json?: boolean }) => {
      const done = await shelve(cli.context, { paths, message: options.message ?? null, agent: options.agent === undefined ? null : parseAgentId(options.agent) });
      return { json: { ...done }, text: (style) => renderShelved(done, style) };
    }));
  command
    .command('list')
    .description('list what is shelved, the newest first')
    .option('--json', 'print JSON')
    .action(cli.action(async (_options: { json?: boolean }) => {
      const shelves = await listShelves(cli.context);
      return { json: { shelves: shelves.map((shelf) => ({ ...shelfJson(shelf), files: shelf.files })) }, text: (style) => renderShelves(shelves, Date.now(), style) };
    }));
  command
    .command('drop')
    .description('put a shelf into the trash')
    .argument('<id>', 'its id, or the beginning of it')
    .option('--json', 'print JSON')
    .action(cli.action(async (id: string, _options: { json?: boolean }) => {
      const { shelf, trash } = await dropShelf(cli.context, id);
      return { json: { dropped: shelfJson(shelf), trash }, text: (style) => renderDropped(shelf, trash, style) };
    }));
}
