import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import type { GroupField } from '../../core/spending.ts';
import { readCost } from '../../operations/cost.ts';
import { costJson, renderCost } from '../render/cost.ts';
import type { Cli } from '../run-command.ts';

interface Options {
  readonly since?: number;
  readonly by?: GroupField;
  readonly json?: boolean;
}

export function define(program: Command, cli: Cli): void {
  program
    .command('cost')
    .description('show tokens and money by agent and model, from the records of Claude Code and Codex')
    .option('--since <time>', 'only what came since: 2h, 7d, 2026-01-15 or 2026-01-15T10:30', momentIn)
    .addOption(new Option('--by <field>', 'a row for each of these').choices(['agent', 'model', 'task']))
    .option('--json', 'print JSON')
    .action(cli.action(async ({ since, by }: Options) => {
      const cost = await readCost(cli.context, { since: since ?? null, by: by === undefined ? ['agent', 'model'] : [by] });
      return { json: costJson(cost), text: (style) => renderCost(cost, style) };
    }));
}

/** Epoch milliseconds of a time so long ago, or of a day or minute in local time. */
function momentIn(text: string): number {
  const duration = /[smhd]$/.test(text) ? parseDuration(text) : null;
  if (duration !== null) return Date.now() - duration;
  const [, date, time = 'T00:00'] = /^(\d{4}-\d{2}-\d{2})([T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?$/.exec(text) ?? [];
  const at = date === undefined ? Number.NaN : Date.parse(`${date}${time.replace(' ', 'T')}`);
  // 30 February would be read as the 2nd of March.
  if (Number.isNaN(at) || new Date(`${date}T00:00Z`).toISOString().slice(0, 10) !== date) throw new InvalidArgumentError('a time is expected, such as 2h, 7d, 2026-01-15 or 2026-01-15T10:30');
  return at;
}
