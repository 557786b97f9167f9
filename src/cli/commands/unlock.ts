import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { unlockPaths } from '../../operations/unlock.ts';
import { lockJson, renderUnlocked } from '../render/lock.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('unlock')
    .description('give locked paths free: an agent its own, a person anybody\'s')
    .argument('[pattern...]', 'as they were locked')
    .option('--all', 'all of them; by a person, everybody\'s')
    .option('--agent <agent>', 'only this agent\'s, by a person')
    .option('--json', 'print JSON')
    .action(cli.action(async (patterns: string[], options: { all?: boolean; agent?: string; json?: boolean }) => {
      const taken = await unlockPaths(cli.context, { patterns, all: options.all === true, agent: options.agent === undefined ? null : parseAgentId(options.agent) });
      return { json: { locks: taken.map(lockJson) }, text: (style) => renderUnlocked(taken, style) };
    }));
}
