import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { definedOnly, errorCode, type Env } from './run.ts';

/** How a program ended that had the terminal to itself. */
export type AttachedOutcome =
  /** Its exit code, or 128 and the number of the signal that ended it. */
  | { readonly kind: 'ended'; readonly exitCode: number }
  | { readonly kind: 'not-started'; readonly reason: string };

/** Those that the terminal itself sends to everybody in its foreground, at a key. */
const FROM_KEYS = ['SIGINT', 'SIGQUIT'] as const;
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/**
 * Runs a program with our own input, output and terminal until it ends; signals that reach us go to it, and never end us
 * before it. `onStart` is called once it runs.
 */
export function runAttached(program: string, args: readonly string[], options: { readonly cwd: string; readonly env: Env; readonly onStart?: () => void }): Promise<AttachedOutcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: options.cwd, env: definedOnly(options.env), stdio: 'inherit' });
    // What Ctrl-C sends has reached it already where we share a terminal: twice would mean something else to it.
    const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    const ignore = (): void => undefined;
    for (const signal of FROM_KEYS) process.on(signal, terminal ? ignore : forward);
    for (const signal of FORWARDED) process.on(signal, forward);
    const end = (outcome: AttachedOutcome): void => {
      for (const signal of FROM_KEYS) process.removeListener(signal, forward);
      for (const signal of FORWARDED) process.removeListener(signal, forward);
      resolve(outcome);
    };
    child.once('spawn', () => options.onStart?.());
    child.once('error', (cause) => { if (child.pid === undefined) end({ kind: 'not-started', reason: errorCode(cause) }); });
    child.once('exit', (exitCode, signal) => end({ kind: 'ended', exitCode: exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]) }));
  });
}
