import type { Command } from 'commander';
import { whoOwns } from '../../operations/ownership/who.ts';
import { renderWho, whoJson } from '../render/who.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('who')
    .description('whose a file is: who owns it now, who has changed it and not landed, who has locked it, who wrote its lines')
    .argument('<path>', 'a file or folder, from here on; with lines as app.ts:12 or app.ts:12-20')
    .option('--at <where>', 'of an agent\'s branch or of any commit; left out, of the target')
    .option('--json', 'print JSON')
    .action(cli.action(async (path: string, options: { at?: string; json?: boolean }) => {
      const who = await whoOwns(cli.context, { path, at: options.at ?? null });
      return { json: whoJson(who), text: (style) => renderWho(who, style, Date.now()) };
    }));
}
