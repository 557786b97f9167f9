import { Argument, type Command } from 'commander';
import { MARKER_FILE } from '../../state/layout.ts';
import { commandTree } from '../command-tree.ts';
import { COMMANDS, SHORT_FORMS, wholeProgram } from '../program.ts';
import { renderCompletion } from '../render/completion.ts';
import { SHELLS, type Shell } from '../render/shell.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('completion')
    .description('print the completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices(SHELLS))
    .action(cli.action(async (shell: Shell) => {
      const hidden = new Set(COMMANDS.filter((row) => row.hidden === true).map(({ name }) => name));
      const tree = commandTree(await wholeProgram(cli), hidden, SHORT_FORMS);
      return { json: {}, text: () => renderCompletion(shell, tree, MARKER_FILE) };
    }));
}
