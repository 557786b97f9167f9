import type { Api } from './providers.ts';
import { shellQuote } from './text.ts';

/** A program that agents run, as far as we know it. */
export interface Client {
  /** What a configuration calls it, and the program's own name. */
  readonly name: string;
  readonly title: string;
  /** The interfaces that it can talk to; null for any. */
  readonly speaks: readonly Api[] | null;
  /** The provider that it talks to by itself; null where it must be told. */
  readonly provider: string | null;
  /** The option that names a model; null where a variable does. */
  readonly modelOption: string | null;
  /** The option that lets its sandbox write one more folder; null where it has none. */
  readonly writableOption: string | null;
  /** The option by which it begins with a prompt, `--` where the prompt is its argument; null where one must type it. */
  readonly promptOption: string | null;
  /** How to get it. */
  readonly install: string | null;
}

/** The program of the configuration's word `shell` is the user's own shell. */
export const SHELL = 'shell';

const CLIENTS: readonly Client[] = [
  { name: 'claude', title: 'Claude Code', speaks: ['anthropic'], provider: 'anthropic', modelOption: null, writableOption: null, promptOption: '--', install: 'npm install -g @anthropic-ai/claude-code' },
  { name: 'codex', title: 'Codex', speaks: ['openai'], provider: 'openai', modelOption: '--model', writableOption: '--add-dir', promptOption: '--', install: 'npm install -g @openai/codex' },
  { name: 'gemini', title: 'Gemini CLI', speaks: ['google'], provider: 'google', modelOption: '--model', writableOption: null, promptOption: '--prompt-interactive', install: 'npm install -g @google/gemini-cli' },
  { name: 'opencode', title: 'OpenCode', speaks: null, provider: null, modelOption: '--model', writableOption: null, promptOption: '--prompt', install: 'npm install -g opencode-ai' },
  { name: 'aider', title: 'Aider', speaks: null, provider: null, modelOption: '--model', writableOption: null, promptOption: null, install: 'python -m pip install aider-install && aider-install' },
  { name: SHELL, title: 'your shell', speaks: null, provider: null, modelOption: null, writableOption: null, promptOption: null, install: null },
];

/** The client of this name, or undefined. */
export function clientNamed(name: string): Client | undefined {
  return CLIENTS.find((client) => client.name === name);
}

/** The names that people type to start a client. */
export const CLIENT_PROGRAMS: readonly string[] = CLIENTS.map(({ name }) => name).filter((name) => name !== SHELL);

/** What is started: a program with its arguments, or a line for `sh -c`, to which the arguments are appended. */
export type CommandLine =
  | { readonly kind: 'program'; readonly program: string; readonly args: readonly string[] }
  | { readonly kind: 'line'; readonly line: string; readonly args: readonly string[] };

const PLAIN_WORDS = /^[\w@%+:,./-][\w@%+=:,./-]*( +[\w@%+=:,./-]+)*$/;

/** The command of a configuration: plain words are a program and its arguments; anything else is a line for a shell. */
export function parseCommand(command: string, args: readonly string[] = []): CommandLine {
  const text = command.trim();
  const [program = '', ...words] = PLAIN_WORDS.test(text) ? text.split(/ +/) : [];
  return program === '' || program.includes('=') ? { kind: 'line', line: text, args } : { kind: 'program', program, args: [...words, ...args] };
}

/** The command as one would type it; a shell that reads it does the same. */
export function commandText(command: CommandLine): string {
  const words = command.kind === 'program' ? [quoted(command.program)] : [command.line];
  return [...words, ...command.args.map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : shellQuote(word);
}

/** The client that a command starts by its name; undefined for a program that we do not know. */
export function clientOf(command: CommandLine): Client | undefined {
  return command.kind === 'program' ? clientNamed(command.program.split('/').at(-1) ?? '') : undefined;
}
