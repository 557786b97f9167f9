import type { Command } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import { usageError } from '../../core/errors.ts';
import { escapeText, truncate } from '../../core/text.ts';
import { emptyTrash, listTrash, restoreTrash } from '../../operations/trash.ts';
import { renderEmptied, renderRestored, renderTrash, restoredExitCode, restoredJson, trashedJson } from '../render/trash.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  const trash = program.command('trash').description('what was removed: list it, bring it back, or delete it for good');
  trash
    .command('list', { isDefault: true })
    .description('list what was removed')
    .option('--json', 'print JSON')
    .action(cli.action(async (_options: { json?: boolean }) => {
      const entries = await listTrash(cli.context);
      return { json: { entries: entries.map(trashedJson) }, text: (style) => renderTrash(entries, style) };
    }));
  trash
    .command('restore')
    .description('bring a branch back, and ignored files where the worktree exists; nothing is overwritten')
    .argument('<id>', 'an entry of the list, or the agent where it has only one')
    .option('--json', 'print JSON')
    .action(cli.action(async (id: string, _options: { json?: boolean }) => {
      const restored = await restoreTrash(cli.context, id);
      return { json: restoredJson(restored), text: (style) => renderRestored(restored, style), exitCode: restoredExitCode(restored) };
    }));
  trash
    .command('empty')
    .description('delete what is in the trash for good')
    .option('--older-than <age>', 'only what has been there longer, such as 30d or 12h')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print JSON')
    .action(cli.action(async (options: { olderThan?: string; yes?: boolean; json?: boolean }) => {
      const emptied = await emptyTrash(cli.context, { olderThanMs: options.olderThan === undefined ? null : requireAge(options.olderThan), yes: options.yes === true });
      return { json: { entries: emptied.map(trashedJson) }, text: (style) => renderEmptied(emptied, style) };
    }));
}

function requireAge(text: string): number {
  const age = parseDuration(text);
  if (age === null) throw usageError('age', `"${truncate(escapeText(text), 40)}" is no age`, 'such as --older-than 30d, 12h or 45m');
  return age;
}
