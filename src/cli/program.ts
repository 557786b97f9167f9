import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { runCommand, type Cli } from './run-command.ts';

/** A command's module: adds the command, its options and its action to the program. */
export interface CommandModule {
  readonly define: (program: Command, cli: Cli) => void;
}

interface CommandRow {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
  /** Called by our own hooks, not by people. */
  readonly hidden?: true;
}

/** Every command, each loaded only when it is called. */
export const COMMANDS: readonly CommandRow[] = [
  { name: 'completion', summary: 'print the completion script for a shell', load: () => import('./commands/completion.ts') },
  { name: 'init', summary: 'set this repository up for agents', load: () => import('./commands/init.ts') },
  { name: 'trust', summary: 'approve the commands of .aiteam.yaml: set-up, gates, agents', load: () => import('./commands/trust.ts') },
];

/** Short forms: what is typed, and what it stands for. */
export const SHORT_FORMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['add', ['worktree', 'add']],
  ['ls', ['worktree', 'list']],
  ['rm', ['worktree', 'remove']],
]);

/** Runs one command line; answers with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  return runCommand(async (cli) => {
    const [first = '', ...rest] = argv;
    const words = [...(SHORT_FORMS.get(first) ?? [first]), ...rest].filter((word, index) => index > 0 || word !== '');
    const program = await programFor(words[0] ?? '', cli);
    await program.parseAsync(words, { from: 'user' });
  });
}

/** The program with one command defined in full and the others by name and summary. */
async function programFor(called: string, cli: Cli): Promise<Command> {
  const program = emptyProgram();
  for (const row of COMMANDS) {
    if (row.name === called) (await row.load()).define(program, cli);
    else program.command(row.name, { hidden: row.hidden === true }).description(row.summary).action(() => undefined);
  }
  return program;
}

/** The program with every command defined in full, for shell completion and the documentation's checks. */
export async function wholeProgram(cli: Cli): Promise<Command> {
  const program = emptyProgram();
  for (const row of COMMANDS) (await row.load()).define(program, cli);
  return program;
}

function emptyProgram(): Command {
  return new Command('aiteam')
    .description('Git worktrees, branches, hooks and a merge coordinator for several coding agents on one repository.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text) })
    .showSuggestionAfterError(true)
    .showHelpAfterError('hint: aiteam --help lists the commands')
    .action((_options: unknown, command: Command) => { command.outputHelp(); });
}
