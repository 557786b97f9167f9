import { Command } from 'commander';
import { usageError, type AiteamError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { escapeText, truncate } from '../core/text.ts';
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
  { name: 'assign', summary: 'give an agent a task', load: () => import('./commands/assign.ts') },
  { name: 'at-commit', summary: 'say which lines of a commit would conflict with unlanded work', load: () => import('./commands/at-commit.ts'), hidden: true },
  { name: 'attach', summary: 'show the agents\' windows in this terminal', load: () => import('./commands/attach.ts') },
  { name: 'blame', summary: 'show which agent wrote each line of a file', load: () => import('./commands/blame.ts') },
  { name: 'brief', summary: 'what an agent should know before it acts', load: () => import('./commands/brief.ts') },
  { name: 'cd', summary: 'go to an agent\'s worktree, where the functions of shell-init are read', load: () => import('./commands/cd.ts') },
  { name: 'commit', summary: 'commit for an agent whose sandbox cannot', load: () => import('./commands/commit.ts') },
  { name: 'completion', summary: 'print the completion script for a shell', load: () => import('./commands/completion.ts') },
  { name: 'conflicts', summary: 'review what integrate met, and settle it', load: () => import('./commands/conflicts.ts') },
  { name: 'cost', summary: 'show tokens and money by agent and model', load: () => import('./commands/cost.ts') },
  { name: 'doctor', summary: 'look at git, hooks, worktrees and state, and say what is wrong', load: () => import('./commands/doctor.ts') },
  { name: 'down', summary: 'close agents\' windows; their work stays', load: () => import('./commands/down.ts') },
  { name: 'env', summary: 'print an agent\'s environment for a shell to read', load: () => import('./commands/env.ts') },
  { name: 'exec', summary: 'run an agent\'s client, or a command, in its worktree and environment', load: () => import('./commands/exec.ts') },
  { name: 'handoff', summary: 'hand work over; list, accept and decline handoffs', load: () => import('./commands/handoff.ts') },
  { name: 'init', summary: 'set this repository up for agents', load: () => import('./commands/init.ts') },
  { name: 'integrate', summary: 'land agents\' branches on the target, gates passed', load: () => import('./commands/integrate.ts') },
  { name: 'lock', summary: 'claim paths: nobody else\'s commit changes them meanwhile', load: () => import('./commands/lock.ts') },
  { name: 'locks', summary: 'list the locks that live', load: () => import('./commands/locks.ts') },
  { name: 'log', summary: 'show what happened, newest first', load: () => import('./commands/log.ts') },
  { name: 'logs', summary: 'print what an agent\'s window shows last', load: () => import('./commands/logs.ts') },
  { name: 'overlaps', summary: 'show who collides with whom, while the work is still going on', load: () => import('./commands/overlaps.ts') },
  { name: 'providers', summary: 'list whom agents can talk to, and whether the key for it is there', load: () => import('./commands/providers.ts') },
  { name: 'ready', summary: 'say that an agent\'s branch is ready to land', load: () => import('./commands/ready.ts') },
  { name: 'run', summary: 'run a heavy command when it has a place, on the whole machine', load: () => import('./commands/run.ts') },
  { name: 'send', summary: 'type a text into an agent\'s window', load: () => import('./commands/send.ts') },
  { name: 'slots', summary: 'show who holds a slot of this machine, and who waits', load: () => import('./commands/slots.ts') },
  { name: 'shell-init', summary: 'print shell functions: one an agent, ai-team, aiteam cd', load: () => import('./commands/shell-init.ts') },
  { name: 'shelve', summary: 'put an agent\'s uncommitted work aside; list and drop what was', load: () => import('./commands/shelve.ts') },
  { name: 'status', summary: 'show where every agent stands', load: () => import('./commands/status.ts') },
  { name: 'refresh', summary: 'record what hooks missed and write the views anew', load: () => import('./commands/refresh.ts'), hidden: true },
  { name: 'sync', summary: 'bring the target into agents\' branches and worktrees', load: () => import('./commands/sync.ts') },
  { name: 'trash', summary: 'what was removed: list it, bring it back, delete it for good', load: () => import('./commands/trash.ts') },
  { name: 'trust', summary: 'approve the commands of .aiteam.yaml: set-up, gates, agents', load: () => import('./commands/trust.ts') },
  { name: 'undo', summary: 'take a landing back', load: () => import('./commands/undo.ts') },
  { name: 'uninstall', summary: 'take everything of aiteam out of this repository', load: () => import('./commands/uninstall.ts') },
  { name: 'unlock', summary: 'give locked paths free', load: () => import('./commands/unlock.ts') },
  { name: 'unshelve', summary: 'bring shelved work back', load: () => import('./commands/unshelve.ts') },
  { name: 'up', summary: 'start agents\' clients, each in a window of tmux', load: () => import('./commands/up.ts') },
  { name: 'who', summary: 'whose a file or a line is', load: () => import('./commands/who.ts') },
  { name: 'whoami', summary: 'say which agent this worktree and environment are of', load: () => import('./commands/whoami.ts') },
  { name: 'worktree', summary: 'the agents\' worktrees: add, list, remove and mend them', load: () => import('./commands/worktree.ts') },
];

/** Short forms: what is typed, and what it stands for. */
export const SHORT_FORMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['add', ['worktree', 'add']],
  ['ls', ['worktree', 'list']],
  ['rm', ['worktree', 'remove']],
]);

/** Runs one command line; answers with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  return runCommand(argv, async (cli) => {
    const words = argv[0] === undefined ? [] : [...(SHORT_FORMS.get(argv[0]) ?? [argv[0]]), ...argv.slice(1)];
    const [first, second] = words;
    if (first !== undefined && !first.startsWith('-') && first !== 'help' && !COMMANDS.some((row) => row.name === first)) throw unknownCommand(first);
    const program = await programFor(first === 'help' ? second : first, cli);
    await program.parseAsync(words, { from: 'user' });
  });
}

function unknownCommand(word: string): AiteamError {
  const meant = nearest(word, [...COMMANDS.map((row) => row.name), ...SHORT_FORMS.keys()]);
  return usageError('unknown-command', `there is no command "${truncate(escapeText(word), 40)}"`, ...(meant === null ? [] : [`did you mean: aiteam ${meant}`]), 'aiteam --help lists the commands');
}

/** The program with one command defined in full and the others by name and summary. */
async function programFor(called: string | undefined, cli: Cli): Promise<Command> {
  const program = emptyProgram();
  for (const row of COMMANDS) {
    if (row.name === called) {
      (await row.load()).define(program, cli);
      for (const command of program.commands.slice(-1)) sayWhereHelpIs(command, `aiteam ${command.name()}`);
    } else program.command(row.name, { hidden: row.hidden === true }).description(row.summary).action(() => undefined);
  }
  return program;
}

/** A mistake in a command's arguments names the help of that command. */
function sayWhereHelpIs(command: Command, name: string): void {
  command.showHelpAfterError(`hint: ${name} --help`);
  for (const under of command.commands) sayWhereHelpIs(under, `${name} ${under.name()}`);
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
    // What stands behind a command's name is that command's.
    .enablePositionalOptions()
    .configureOutput({ outputError: (text, write) => write(text) })
    .showSuggestionAfterError(true)
    .showHelpAfterError('hint: aiteam --help lists the commands')
    .addHelpText('after', `\nShort forms:\n${[...SHORT_FORMS].map(([short, words]) => `  ${short.padEnd(15)} ${words.join(' ')}`).join('\n')}`)
    .action((_options: unknown, command: Command) => { command.outputHelp(); });
}
