import type { Command } from 'commander';
import { blameFile } from '../../operations/ownership/blame.ts';
import { blameJson, renderBlame } from '../render/blame.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('blame')
    .description('show for each line of a file which agent wrote it, and in which landing it came')
    .argument('<path>', 'a file, from here on')
    .option('--at <where>', 'of an agent\'s branch or of any commit; left out, of the target')
    .option('--json', 'print JSON')
    .action(cli.action(async (path: string, options: { at?: string; json?: boolean }) => {
      const blamed = await blameFile(cli.context, { path, at: options.at ?? null });
      return { json: blameJson(blamed), text: (style) => renderBlame(blamed, style) };
    }));
}
