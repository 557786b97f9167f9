import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { closeTeam } from '../../operations/windows/down.ts';
import { closedExitCode, renderClosed } from '../render/windows.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('down')
    .description('close agents\' windows; their work stays in their worktrees')
    .argument('[agent...]', 'whose; without names all')
    .option('--json', 'print JSON')
    .action(cli.action(async (names: string[], _options: { json?: boolean }) => {
      const closed = await closeTeam(cli.context, [...new Set(names)].map(parseAgentId));
      return { json: { agents: closed }, text: (style) => renderClosed(closed, style), exitCode: closedExitCode(closed) };
    }));
}
