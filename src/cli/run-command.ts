import { CommanderError } from 'commander';
import { AiteamError, usageError, type ErrorKind } from '../core/errors.ts';
import { jsonText } from '../core/text.ts';
import { Interrupted } from '../process/interruption.ts';
import type { Context } from '../operations/context.ts';
import { errorJson, renderError, renderProgress } from './render/messages.ts';
import { styleFor, type Style } from './render/style.ts';

/** What a command answers: values for `--json`, text for people, and an exit code where it is not 0. */
export interface Answer {
  /** Gets `version: 1` added. Only what the documentation names. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: (style: Style) => string;
  readonly exitCode?: number;
}

/** What a command's module gets: the world, and `action` to wrap what it does. */
export interface Cli {
  readonly context: Context;
  /** The commander action that runs an operation and prints its answer, where it has one. The last option object may hold `json`. */
  action<Args extends unknown[]>(work: (...args: Args) => Promise<Answer | null>): (...args: Args) => Promise<void>;
  /** Writes what a program printed, 1 to stdout and 2 to stderr; done when it is written. */
  output(stream: 1 | 2, chunk: Uint8Array): Promise<void>;
  /** Prints an answer before the last one; on a terminal text takes the place of what is there. */
  redraw(answer: Pick<Answer, 'json' | 'text'>, json: boolean): void;
}

const EXIT_CODES: Readonly<Record<ErrorKind, number>> = { refused: 1, usage: 2, incomplete: 3, interrupted: 130 };

/** Clears the terminal and what has scrolled out of it. */
const CLEAR = '\u001b[H\u001b[2J\u001b[3J';

/** The exit code of one command line: the only place where errors become text, and with `--json` a value on stdout as well. */
export async function runCommand(argv: readonly string[], parse: (cli: Cli) => Promise<void>): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onWriteError);
  const env = process.env;
  const err = styleFor(process.stderr, env);
  let exitCode = 0;
  const context: Context = {
    cwd: currentFolder(),
    env,
    narrate: (progress) => process.stderr.write(renderProgress(progress, err)),
    confirm: process.stdin.isTTY && process.stderr.isTTY ? ask : null,
  };
  const print = (answer: Pick<Answer, 'json' | 'text'>, json: boolean, before = ''): void => {
    // The terminal may have another width by now.
    const text = json ? `${jsonText({ version: 1, ...answer.json })}\n` : answer.text(styleFor(process.stdout, env));
    if (text !== '') process.stdout.write(before + (text.endsWith('\n') ? text : `${text}\n`));
  };
  const cli: Cli = {
    context,
    action: (work) => async (...args) => {
      const answer = await work(...args);
      if (answer === null) return;
      print(answer, wantsJson(args));
      exitCode = answer.exitCode ?? 0;
    },
    output: (stream, chunk) => new Promise((resolve) => { (stream === 1 ? process.stdout : process.stderr).write(chunk, () => resolve()); }),
    redraw: (answer, json) => print(answer, json, process.stdout.isTTY && !json ? CLEAR : ''),
  };
  try {
    await parse(cli);
    return exitCode;
  } catch (thrown) {
    const error = faultOfTheDisk(thrown) ?? thrown;
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // Whether to print JSON may be on a command line that could not be read.
    if (ownWords(argv).includes('--json')) process.stdout.write(`${jsonText({ version: 1, error: errorJson(error instanceof CommanderError ? usageError('usage', error.message.replace(/^error: /, '')) : error) })}\n`);
    if (error instanceof CommanderError) return 2;
    process.stderr.write(renderError(error, err));
    // Whoever waits for us sees what ended us, and what still goes on in here ends too.
    if (error instanceof Interrupted) process.kill(process.pid, error.signal);
    return error instanceof AiteamError ? EXIT_CODES[error.kind] : 70;
  }
}

const DISK_FAULTS: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'EPERM'];

/** What the system did not let us read or write, as an error that is not ours; null for any other. */
function faultOfTheDisk(error: unknown): AiteamError | null {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error && DISK_FAULTS.includes(error.code))) return null;
  return new AiteamError(error.message, { code: 'disk', cause: error, hints: ['make room on the disk or see to its permissions; what was begun is completed by the next command: aiteam status'] });
}

/** A reader that has gone, such as `head`, has seen what it wanted; anything else is said where it still can be. */
function onWriteError(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') process.stderr.write(`error: the output could not be written: ${error.code ?? error.message}\n`);
  process.exit(error.code === 'EPIPE' ? (process.exitCode ?? 0) : 70);
}

/** The current folder; `/` where it was deleted, so that the command itself says that there is no repository. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

/** What stands before `--`: behind it are the words of another program. */
function ownWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}

/** Commander passes arguments, then the options, then the command. */
function wantsJson(args: readonly unknown[]): boolean {
  return args.some((arg) => typeof arg === 'object' && arg !== null && Object.hasOwn(arg, 'json') && (arg as { json: unknown }).json === true);
}

async function ask(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
