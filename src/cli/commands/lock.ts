import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { parseDuration } from '../../core/duration.ts';
import { usageError } from '../../core/errors.ts';
import { escapeText, truncate } from '../../core/text.ts';
import { DEFAULT_LOCK_MS, lockPaths } from '../../operations/lock.ts';
import { lockJson, renderLocked } from '../render/lock.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('lock')
    .description('claim paths: nobody else\'s commit changes them while the lock lives')
    .argument('<pattern...>', 'git pathspecs, from here on: a file, a folder, \'src/*.ts\'')
    .option('--for <time>', 'how long, such as 30m or 2h; locking again renews it (default: 2h)')
    .option('--why <text>', 'what for: others are shown it')
    .option('--agent <agent>', 'for whom, by a person; left out, for whoever calls')
    .option('--json', 'print JSON')
    .action(cli.action(async (patterns: string[], options: { for?: string; why?: string; agent?: string; json?: boolean }) => {
      const locked = await lockPaths(cli.context, {
        patterns, agent: options.agent === undefined ? null : parseAgentId(options.agent), forMs: options.for === undefined ? DEFAULT_LOCK_MS : requireTime(options.for), why: options.why ?? null,
      });
      return { json: { locks: locked.given.map(lockJson), renewed: locked.renewed }, text: (style) => renderLocked(locked, style) };
    }));
}

function requireTime(text: string): number {
  const time = parseDuration(text);
  if (time === null) throw usageError('lock-time', `"${truncate(escapeText(text), 40)}" is no time`, 'such as --for 30m, 2h or 1d');
  return time;
}
