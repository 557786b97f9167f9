import type { Command } from 'commander';
import { listLocks } from '../../operations/locks.ts';
import { lockJson, renderLocks } from '../render/lock.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('locks')
    .description('list the locks that live')
    .option('--json', 'print JSON')
    .action(cli.action(async (_options: { json?: boolean }) => {
      const locks = await listLocks(cli.context);
      return { json: { locks: locks.map(lockJson) }, text: (style) => renderLocks(locks, style) };
    }));
}
