import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { markReady } from '../../operations/ready.ts';
import { renderReady } from '../render/ready.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('ready')
    .description('say that an agent\'s branch, as it is now, is ready to land')
    .argument('[agent]', 'the agent; left out, the one whose worktree this is')
    .option('--undo', 'take that back')
    .option('--json', 'print JSON')
    .action(cli.action(async (name: string | undefined, options: { undo?: boolean; json?: boolean }) => {
      const result = await markReady(cli.context, { agent: name === undefined ? null : parseAgentId(name), undo: options.undo === true });
      return { json: { ...result }, text: (style) => renderReady(result, style) };
    }));
}
