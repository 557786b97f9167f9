import { execa } from 'execa';
import type { Readable } from 'node:stream';
import { AiteamError } from '../core/errors.ts';
import { escapeText, truncate } from '../core/text.ts';

/** Environment variables; exactly what the program gets, nothing is added. */
export type Env = Readonly<Record<string, string | undefined>>;

export interface RunOptions {
  readonly cwd: string;
  readonly env: Env;
  readonly input?: string | Uint8Array;
  /** Exit codes that are an answer, not a failure. Default: 0. */
  readonly accept?: readonly number[];
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * The exit code and output of a short program.
 * Errors: `process-failed` for an exit code that was not accepted, a signal, or a program that could not be started.
 */
export async function run(file: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const accept = options.accept ?? [0];
  const result = await execa(file, args, {
    cwd: options.cwd,
    env: definedOnly(options.env),
    extendEnv: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    reject: false,
    maxBuffer: 1 << 30,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  if (result.exitCode === undefined || !accept.includes(result.exitCode)) {
    const stderr = Buffer.from(result.stderr ?? []).toString('utf8');
    throw new ProcessError([file, ...args], result.exitCode ?? null, result.signal ?? null, stderr, result.cause);
  }
  return { exitCode: result.exitCode, stdout: Buffer.from(result.stdout.buffer, result.stdout.byteOffset, result.stdout.byteLength), stderr: Buffer.from(result.stderr) };
}

/** A program that failed in a way that its caller did not expect. */
export class ProcessError extends AiteamError {
  readonly command: readonly string[];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;

  constructor(command: readonly string[], exitCode: number | null, signal: string | null, stderr: string, cause: unknown) {
    const how = signal !== null ? `was ended by ${signal}` : exitCode !== null ? `exited with ${exitCode}` : `could not be started (${errorCode(cause)})`;
    const said = escapeText(stderr.trim().split('\n').slice(-3).join('; '));
    super(`${truncate(escapeText(command.join(' ')), 200)} ${how}${said === '' ? '' : `: ${said}`}`, { code: 'process-failed', cause });
    this.command = command;
    this.exitCode = exitCode;
    this.signal = signal;
    this.stderr = stderr;
  }
}

export type CommandOutcome =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'not-started'; readonly reason: string };

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Env;
  /** Milliseconds; none where left out. */
  readonly timeoutMs?: number;
  /** Called with each piece of output, stdout and stderr in the order of their arrival. */
  readonly onOutput: (chunk: Buffer) => void;
}

/** How a command that a person configured ended. It is given to `sh -c`: the text is the person's own, approved by them. */
export async function runShell(command: string, options: CommandOptions): Promise<CommandOutcome> {
  const child = execa('/bin/sh', ['-c', command], {
    cwd: options.cwd,
    env: definedOnly(options.env),
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    buffer: false,
    encoding: 'buffer',
    reject: false,
    forceKillAfterDelay: 2_000,
    // A group of its own, so that a time limit ends what the command started too.
    detached: true,
  });
  const output = child.all as Readable;
  output.on('data', (chunk: Buffer) => options.onOutput(chunk));
  let timedOut = false;
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => { timedOut = true; killGroup(child.pid); }, options.timeoutMs);
  const onExit = (): void => killGroup(child.pid);
  process.once('exit', onExit);
  try {
    const result = await child;
    if (timedOut) return { kind: 'timed-out' };
    if (result.signal !== undefined) return { kind: 'signalled', signal: result.signal };
    if (result.exitCode === undefined) return { kind: 'not-started', reason: errorCode(result.cause) };
    return { kind: 'exited', exitCode: result.exitCode };
  } finally {
    clearTimeout(timer);
    process.removeListener('exit', onExit);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended already.
  }
}

function errorCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
}

function definedOnly(env: Env): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
