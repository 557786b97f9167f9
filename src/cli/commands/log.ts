import { InvalidArgumentError, type Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { readLog } from '../../operations/log.ts';
import { logJson, renderLog } from '../render/log.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('log')
    .description('show what happened, newest first')
    .argument('[agent]', 'only what concerns this agent')
    .option('-n, --lines <count>', 'how many entries at most', wholeNumber, 50)
    .option('--all', 'every entry there is')
    .option('--json', 'print JSON')
    .action(cli.action(async (name: string | undefined, options: { lines: number; all?: boolean; json?: boolean }) => {
      const entries = await readLog(cli.context, { agent: name === undefined ? null : parseAgentId(name), count: options.all === true ? null : options.lines });
      return { json: { entries: entries.map(logJson) }, text: (style) => renderLog(entries, style) };
    }));
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is expected, such as 20');
  return Number(text);
}
