import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { refusal } from '../../core/errors.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('cd')
    .description('go to an agent\'s worktree, where the functions of shell-init are read')
    .argument('<agent>', 'whose')
    .action(cli.action(async (name: string) => {
      const agent = parseAgentId(name);
      throw refusal('needs-shell', 'only the shell itself can change its folder', `cd "$(aiteam worktree path ${agent})"`, 'for aiteam cd, read its functions once: eval "$(aiteam shell-init bash)"');
    }));
}
