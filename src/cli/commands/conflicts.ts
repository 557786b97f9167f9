import type { Command } from 'commander';
import { findConflict, listConflicts } from '../../operations/conflicts.ts';
import { startResolution } from '../../operations/resolve.ts';
import { conflictJson, renderConflict, renderConflictList, renderResolutionStarted } from '../render/conflict.ts';
import { showPath } from '../../core/text.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  const conflicts = program.command('conflicts').description('review what integrate met, and start a resolution');
  conflicts
    .command('list', { isDefault: true })
    .description('list open conflicts')
    .option('--all', 'those that are over too')
    .option('--exit-code', 'exit with 3 where any is open')
    .option('--json', 'print JSON')
    .action(cli.action(async (options: { all?: boolean; exitCode?: boolean; json?: boolean }) => {
      const list = await listConflicts(cli.context, options.all === true);
      const open = list.entries.some(({ state }) => state === 'open' || state === 'resolving');
      return {
        json: { target: list.target, conflicts: list.entries.map(conflictJson) },
        text: (style) => renderConflictList(list, style),
        exitCode: options.exitCode === true && open ? 3 : 0,
      };
    }));
  conflicts
    .command('show')
    .description('show a conflict: base, both sides and their owners')
    .argument('<id>', 'the conflict\'s id, or the beginning of it')
    .option('--json', 'print JSON')
    .action(cli.action(async (id: string, _options: { json?: boolean }) => {
      const { entry } = await findConflict(cli.context, id);
      return { json: { conflict: conflictJson(entry) }, text: (style) => renderConflict(entry, style) };
    }));
  conflicts
    .command('resolve')
    .description('merge the target into the agent\'s worktree, with the conflict marked by name')
    .argument('<id>', 'the conflict\'s id, or the beginning of it')
    .option('--json', 'print JSON')
    .action(cli.action(async (id: string, _options: { json?: boolean }) => {
      const started = await startResolution(cli.context, id);
      return { json: { ...started, paths: started.paths.map(showPath), unmarked: started.unmarked.map(showPath) }, text: (style) => renderResolutionStarted(started, style) };
    }));
}
