import type { Command } from 'commander';
import { undo } from '../../operations/undo.ts';
import { renderUndo, undoExitCode, undoJson } from '../render/undo.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('undo')
    .description('take a landing back: the target moves back, or where somebody may have it already a commit takes it back')
    .argument('[landing]', 'a landing or an undo, by its id in "aiteam log"; left out: the newest landing')
    .option('-n, --dry-run', 'show what would be done, change nothing')
    .option('--json', 'print JSON')
    .action(cli.action(async (id: string | undefined, options: { dryRun?: boolean; json?: boolean }) => {
      const result = await undo(cli.context, { id: id ?? null, dryRun: options.dryRun === true });
      return { json: undoJson(result), text: (style) => renderUndo(result, style), exitCode: undoExitCode(result) };
    }));
}
