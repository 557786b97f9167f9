import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { handOver } from '../../operations/hand-over.ts';
import { endHandoff, findHandoff, listHandoffs } from '../../operations/handoffs.ts';
import { handoffJson, renderEnded, renderHandedOver, renderHandoff, renderHandoffList } from '../render/handoff.ts';
import type { Cli } from '../run-command.ts';

interface GiveOptions {
  readonly task?: string;
  readonly context?: string;
  readonly files?: string[];
  readonly notes?: string;
  readonly from?: string;
}

export function define(program: Command, cli: Cli): void {
  const handoff = program
    .command('handoff')
    .description('hand work over to another agent, to human, or to main for landing')
    // An option after "list" or "accept" is theirs.
    .enablePositionalOptions()
    .argument('<agent>', 'who gets it: an agent, human, or main')
    .option('--task <text>', 'what is to be done; needed')
    .option('--context <text>', 'what one must know for it')
    .option('--files <path...>', 'the files that go with it; with lines as file.ts:10-20')
    .option('--notes <text>', 'anything else')
    .option('--from <agent>', 'in whose name, for a person; left out, whoever calls')
    .option('--json', 'print JSON')
    .action(cli.action(async (to: string, options: GiveOptions & { json?: boolean }) => {
      const { handoff, isNew } = await handOver(cli.context, {
        to, from: options.from === undefined ? null : parseAgentId(options.from), task: options.task ?? '', context: options.context ?? null, files: options.files ?? [], notes: options.notes ?? null,
      });
      return { json: { handoff: handoffJson(handoff), isNew }, text: (style) => renderHandedOver(handoff, isNew, style) };
    }));
  handoff
    .command('list')
    .description('list handoffs that wait')
    .option('--all', 'those that are over too')
    .option('--json', 'print JSON')
    .action(cli.action(async (options: { all?: boolean; json?: boolean }) => {
      const handoffs = await listHandoffs(cli.context, options.all === true);
      return { json: { handoffs: handoffs.map(handoffJson) }, text: (style) => renderHandoffList(handoffs, options.all === true, style) };
    }));
  handoff
    .command('show')
    .description('show the whole of one')
    .argument('<id>', 'its id, or the beginning of it')
    .option('--json', 'print JSON')
    .action(cli.action(async (id: string, _options: { json?: boolean }) => {
      const found = await findHandoff(cli.context, id);
      return { json: { handoff: handoffJson(found) }, text: (style) => renderHandoff(found, style) };
    }));
  handoff
    .command('accept')
    .description('take it: its files are the recipient\'s from now on')
    .argument('<id>', 'its id, or the beginning of it')
    .option('--json', 'print JSON')
    .action(cli.action(async (id: string, _options: { json?: boolean }) => {
      const ended = await endHandoff(cli.context, id, 'accepted', null);
      return { json: { handoff: handoffJson(ended) }, text: (style) => renderEnded(ended, style) };
    }));
  handoff
    .command('decline')
    .description('turn it down')
    .argument('<id>', 'its id, or the beginning of it')
    .option('--why <text>', 'why, for whoever handed it over')
    .option('--json', 'print JSON')
    .action(cli.action(async (id: string, options: { why?: string; json?: boolean }) => {
      const ended = await endHandoff(cli.context, id, 'declined', options.why ?? null);
      return { json: { handoff: handoffJson(ended) }, text: (style) => renderEnded(ended, style) };
    }));
}
