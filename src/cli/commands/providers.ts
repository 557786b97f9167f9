import type { Command } from 'commander';
import { listProviders } from '../../operations/providers.ts';
import { providersJson, renderProviders } from '../render/providers.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('providers')
    .description('list whom agents can talk to, and whether the key for it is there')
    .option('--json', 'print JSON')
    .action(cli.action(async (_options: { json?: boolean }) => {
      const providers = await listProviders(cli.context);
      return { json: providersJson(providers), text: (style) => renderProviders(providers, style) };
    }));
}
