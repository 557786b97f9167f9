import { spawn } from 'node:child_process';
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
  /** In a process group of its own, where the terminal's Ctrl-C does not reach it. */
  readonly detached?: boolean;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * The exit code and output of a short program, started without a shell. Node's own spawn: loading execa costs more than
 * the first git call, and every command makes that one.
 * Errors: `process-failed` for an exit code that was not accepted, a signal, or a program that could not be started.
 */
export function run(file: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const accept = options.accept ?? [0];
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd, env: definedOnly(options.env), detached: options.detached === true, stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program may end before it has read everything; its exit code tells.
    child.stdin?.on('error', () => undefined).end(options.input);
    child.once('error', (cause) => reject(new ProcessError([file, ...args], { exitCode: null, signal: null, stdout: '', stderr: '', cause })));
    child.once('close', (exitCode, signal) => {
      if (exitCode === null || !accept.includes(exitCode)) {
        const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');
        reject(new ProcessError([file, ...args], { exitCode, signal, stdout: text(stdout), stderr: text(stderr), cause: null }));
      }
      else resolve({ exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
    });
  });
}

/** How a program ended that failed. */
interface Ended {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly cause: unknown;
}

/** A program that failed in a way that its caller did not expect. */
export class ProcessError extends AiteamError {
  readonly command: readonly string[];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;

  constructor(command: readonly string[], { exitCode, signal, stdout, stderr, cause }: Ended) {
    const how = signal !== null ? `was ended by ${signal}` : exitCode !== null ? `exited with ${exitCode}` : `could not be started (${errorCode(cause)})`;
    const said = escapeText(stderr.trim().split('\n').slice(-3).join('; '));
    super(`${truncate(escapeText(command.join(' ')), 200)} ${how}${said === '' ? '' : `: ${said}`}`, { code: 'process-failed', hints: ['aiteam doctor looks for what is wrong here'], cause });
    this.command = command;
    this.exitCode = exitCode;
    this.signal = signal;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/** The system's name of what went wrong, such as `ENOENT`. */
export function errorCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
}

/** The environment without what is undefined. */
export function definedOnly(env: Env): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
