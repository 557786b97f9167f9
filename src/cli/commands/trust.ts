import { Option, type Command } from 'commander';
import { trust } from '../../operations/trust.ts';
import { renderTrust } from '../render/trust.ts';
import type { Cli } from '../run-command.ts';

interface Options {
  readonly show?: true;
  readonly yes?: true;
  readonly revoke?: true;
}

export function define(program: Command, cli: Cli): void {
  program
    .command('trust')
    .description('approve the commands of .aiteam.yaml: set-up, gates, merge drivers, agents')
    .addOption(new Option('--show', 'only show what would run').conflicts(['yes', 'revoke']))
    .addOption(new Option('--yes', 'approve without being asked').conflicts('revoke'))
    .option('--revoke', 'approve nothing any more')
    .option('--json', 'print JSON')
    .action(cli.action(async (options: Options) => {
      const result = await trust(cli.context, options.show ? 'show' : options.yes ? 'yes' : options.revoke ? 'revoke' : 'ask');
      const { repository, approved, commands } = result;
      return { json: { repository, approved, commands }, text: (style) => renderTrust(result, style) };
    }));
}
