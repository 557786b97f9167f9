import type { Command } from 'commander';
import { usageError } from '../../core/errors.ts';
import { DEFAULT_SLOT } from '../../core/slots.ts';
import { runCommandLine } from '../../operations/run/run.ts';
import type { Cli } from '../run-command.ts';

interface Options {
  readonly slot: string | false;
  readonly cached?: boolean;
  /** False with `--no-cache`. */
  readonly cache: boolean;
  readonly input: readonly string[];
  readonly env: readonly string[];
}

export function define(program: Command, cli: Cli): void {
  program
    .command('run')
    .description('run a heavy command when it has a place: over all repositories of this machine only so many run at once')
    .argument('<command...>', 'the program and its arguments; write -- before them')
    .option('--slot <name>', 'what it needs a place in, of "slots:" in the configuration', DEFAULT_SLOT)
    .option('--no-slot', 'wait for nobody')
    .option('--cached', 'give its output and exit code without running it where somebody ran it here on the same content')
    .option('--input <pathspec>', 'with --cached: only these files matter; may be given again', collect, [])
    .option('--env <name>', 'with --cached: this variable matters too; may be given again', collect, [])
    .option('--no-cache', 'with --cached: run it whatever is kept, and keep the new result')
    .passThroughOptions()
    .action(cli.action(async (command: [string, ...string[]], options: Options) => {
      const { input, env, cached, cache, slot } = options;
      if (cached !== true && (input.length > 0 || env.length > 0 || !cache)) throw usageError('usage', '--input, --env and --no-cache go with --cached', 'aiteam run --help');
      const caching = cached === true ? { inputs: input, env, anew: !cache, output: cli.output } : null;
      const exitCode = await runCommandLine(cli.context, { command, slot: slot === false ? null : slot, caching });
      return { json: {}, text: () => '', exitCode };
    }));
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
