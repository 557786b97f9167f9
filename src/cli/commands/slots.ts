import type { Command } from 'commander';
import { listSlots } from '../../operations/slots.ts';
import { renderSlots, slotsJson } from '../render/slots.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('slots')
    .description('show who holds a slot of this machine and who waits for one, in every repository')
    .option('--json', 'print JSON')
    .action(cli.action(async (_options: { json?: boolean }) => {
      const slots = await listSlots(cli.context);
      return { json: slotsJson(slots), text: (style) => renderSlots(slots, style) };
    }));
}
