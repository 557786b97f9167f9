import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { init } from '../../operations/init.ts';
import { renderInit } from '../render/init.ts';
import type { Cli } from '../run-command.ts';

interface Options {
  readonly target?: string;
}

export function define(program: Command, cli: Cli): void {
  program
    .command('init')
    .description('set this repository up for agents')
    .argument('[agent...]', 'who is to work here; claude, glm and deepseek where left out')
    .option('--target <branch>', 'the branch that their work lands on')
    .option('--json', 'print JSON')
    .action(cli.action(async (names: string[], options: Options) => {
      const result = await init(cli.context, { agents: [...new Set(names.map(parseAgentId))], target: options.target ?? null });
      return { json: { ...result }, text: (style) => renderInit(result, style) };
    }));
}
