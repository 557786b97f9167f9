import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { sendTo } from '../../operations/windows/talk.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('send')
    .description('type a text into an agent\'s window, as one paste with Enter behind it')
    .argument('<agent>', 'to whom')
    .argument('<text>', 'what; it may have several lines')
    .option('--over-budget', 'send it, and let the agent go on, though a budget is spent')
    .option('--json', 'print JSON')
    .action(cli.action(async (name: string, text: string, { overBudget }: { overBudget?: boolean; json?: boolean }) => {
      const agent = parseAgentId(name);
      await sendTo(cli.context, agent, text, overBudget === true);
      return { json: { agent, sent: true }, text: () => `sent to ${agent}` };
    }));
}
