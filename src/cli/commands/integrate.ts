import { Option, type Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import type { Strategy } from '../../core/events.ts';
import { abortIntegrate } from '../../operations/integrate/abort.ts';
import { integrate } from '../../operations/integrate/integrate.ts';
import { integrateExitCode, integrateJson, renderAbort, renderIntegrate } from '../render/integrate.ts';
import type { Cli } from '../run-command.ts';

interface Options {
  readonly dryRun?: boolean;
  readonly strategy: Strategy;
  readonly into?: string;
  readonly signoff?: boolean;
  readonly allowRedBase?: boolean;
  readonly abort?: boolean;
  readonly push?: string | true;
  readonly withUndone?: boolean;
  readonly allowUnrelated?: boolean;
  readonly acceptLoss?: boolean;
}

export function define(program: Command, cli: Cli): void {
  program
    .command('integrate')
    .description('land agents\' branches on the target, one after another, each merged tree tested by the gates')
    .argument('[agent...]', 'whose branches; without names those marked ready, else all whose worktree is quiet')
    .option('-n, --dry-run', 'show the plan and what would come of it, change nothing')
    .addOption(new Option('--strategy <strategy>', 'how a branch becomes part of the target').choices(['merge', 'squash', 'rebase', 'ff']).default('merge'))
    .option('-s, --signoff', 'add a Signed-off-by line of yours to what is landed')
    .option('--into <branch>', 'land on this branch instead of the target')
    .option('--allow-red-base', 'land what adds no failure of its own although a gate fails on the target already')
    .option('--push [remote]', 'fetch the target first, land on the remote\'s tip and push, atomically')
    .option('--with-undone', 'land branches too that build on landings which were undone')
    .option('--abort', 'end the integrate that is at work, or clear up after one that was killed; nothing more of it lands')
    .option('--allow-unrelated', 'merge branches that have no commit in common with the target too')
    .option('--accept-loss', 'land branches too that dropped lines of the target where they settled a conflict')
    .option('--json', 'print JSON')
    .action(cli.action(async (agents: string[], options: Options) => {
      if (options.abort === true) {
        const aborted = await abortIntegrate(cli.context);
        return { json: { ...aborted }, text: () => renderAbort(aborted), exitCode: aborted.landing === 'left' ? 3 : 0 };
      }
      const result = await integrate(cli.context, {
        agents: [...new Set(agents)].map(parseAgentId), dryRun: options.dryRun === true, strategy: options.strategy, signoff: options.signoff === true, into: options.into ?? null,
        push: options.push ?? null, withUndone: options.withUndone === true, allowRedBase: options.allowRedBase === true,
        allowUnrelated: options.allowUnrelated === true, acceptLoss: options.acceptLoss === true,
      });
      return { json: integrateJson(result), text: (style) => renderIntegrate(result, style), exitCode: integrateExitCode(result) };
    }));
}
