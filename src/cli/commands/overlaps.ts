import type { Command } from 'commander';
import { findOverlaps, wouldConflict } from '../../operations/overlaps/overlaps.ts';
import { watchOverlaps } from '../../operations/overlaps/watch.ts';
import { overlapsJson, renderOverlaps } from '../render/overlaps.ts';
import type { Cli } from '../run-command.ts';

interface Options {
  readonly watch?: boolean;
  readonly log?: boolean;
  readonly exitCode?: boolean;
  readonly json?: boolean;
}

export function define(program: Command, cli: Cli): void {
  program
    .command('overlaps')
    .description('show who collides with whom, the target included: committed, uncommitted and untracked work, nothing touched')
    .argument('[agent...]', 'whose: of one those with anybody, of several those among them; the target counts as a name')
    .option('--watch', 'draw it anew whenever something changes, until Ctrl-C')
    .option('--log', 'write what would conflict to conflicts.log as predicted, each once')
    .option('--exit-code', 'exit with 3 where anything would conflict')
    .option('--json', 'print JSON; with --watch an object for each drawing')
    .action(cli.action(async (names: string[], options: Options) => {
      const input = { names: [...new Set(names)], log: options.log === true };
      if (options.watch === true) {
        const last = await watchOverlaps(cli.context, input, (found, watching) =>
          cli.redraw({ json: overlapsJson(found), text: (style) => renderOverlaps(found, style, watching) }, options.json === true));
        return options.exitCode === true && wouldConflict(last) ? { json: {}, text: () => '', exitCode: 3 } : null;
      }
      const found = await findOverlaps(cli.context, input);
      return {
        json: overlapsJson(found), text: (style) => renderOverlaps(found, style, null),
        exitCode: options.exitCode === true && wouldConflict(found) ? 3 : 0,
      };
    }));
}
