import { InvalidArgumentError, type Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { escapeBlock } from '../../core/text.ts';
import { windowText } from '../../operations/windows/talk.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('logs')
    .description('print what an agent\'s window shows last')
    .argument('<agent>', 'whose')
    .option('-n, --lines <number>', 'as many lines at most', parseCount, 100)
    .option('--json', 'print JSON')
    .action(cli.action(async (name: string, options: { lines: number; json?: boolean }) => {
      const agent = parseAgentId(name);
      const { exitCode, lines } = await windowText(cli.context, agent, options.lines);
      return { json: { agent, ended: exitCode, lines }, text: () => escapeBlock(lines.join('\n')) };
    }));
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('it must be a number from 1 to 999999.');
  return Number(text);
}
