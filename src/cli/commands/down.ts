import { InvalidArgumentError, type Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { parseDuration } from '../../core/duration.ts';
import { closeTeam } from '../../operations/windows/down.ts';
import { closedExitCode, renderClosed } from '../render/windows.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('down')
    .description('close agents\' windows; their work stays in their worktrees')
    .argument('[agent...]', 'whose; without names all')
    .option('--idle [time]', 'only those that have been idle for so long, such as 30m; without a time for as long as the configuration says', idleTime)
    .option('--json', 'print JSON')
    .action(cli.action(async (names: string[], { idle }: { idle?: number | true; json?: boolean }) => {
      const closed = await closeTeam(cli.context, [...new Set(names)].map(parseAgentId), idle === undefined ? 'any' : idle === true ? 'configured' : idle);
      return { json: { agents: closed }, text: (style) => renderClosed(closed, style), exitCode: closedExitCode(closed) };
    }));
}

function idleTime(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === null) throw new InvalidArgumentError('a time is expected, such as 30m or 2h; names of agents stand before the option.');
  return milliseconds;
}
