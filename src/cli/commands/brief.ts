import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { briefFor } from '../../operations/brief/brief.ts';
import { renderBrief } from '../render/brief.ts';
import { briefJson } from '../render/brief-json.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('brief')
    .description('what an agent should know before it acts, on one page: task, handoffs, what landed, whose work to keep away from')
    .argument('[agent]', 'whose; left out, of the agent that calls')
    .option('--json', 'print JSON')
    .action(cli.action(async (name: string | undefined) => {
      const brief = await briefFor(cli.context, name === undefined ? null : parseAgentId(name));
      return { json: briefJson(brief), text: (style) => renderBrief(brief, style, Date.now()) };
    }));
}
