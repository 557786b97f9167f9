import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { attached, type Attached } from './attached.ts';
import { definedOnly, errorCode, type Env } from './run.ts';

/** How a program ended that had the terminal to itself. */
export type AttachedOutcome =
  /** Its exit code, or 128 and the number of the signal that ended it. */
  | { readonly kind: 'ended'; readonly exitCode: number; readonly signal: NodeJS.Signals | null }
  | { readonly kind: 'not-started'; readonly reason: string };

/** Those that the terminal itself sends to everybody in its foreground, at a key. */
const FROM_KEYS = ['SIGINT', 'SIGQUIT'] as const;
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

export interface AttachedOptions {
  readonly cwd: string;
  readonly env: Env;
  /** Called once it runs, with its process id and what holds it. */
  readonly onStart?: (pid: number, held: Attached) => void;
  /** Gets what the program prints, 1 for stdout and 2 for stderr, in place of our own streams; its input is empty then. */
  readonly onOutput?: (stream: 1 | 2, chunk: Buffer) => Promise<void>;
}

/**
 * Runs a program with our own input, output and terminal until it ends; signals that reach us go to it, and never end us
 * before it. Where it is paused, it goes on to meet them, and the terminal's keys end it. No shell is involved.
 */
export async function runAttached(program: string, args: readonly string[], { cwd, env, onStart, onOutput }: AttachedOptions): Promise<AttachedOutcome> {
  // Node throws; execvp(3) finds no such file.
  if (program === '') return { kind: 'not-started', reason: 'ENOENT' };
  // What Ctrl-C sends has reached it already where we share a terminal: twice would mean something else to it.
  // Asked before it runs: to ask takes a moment, in which a signal would end us alone.
  const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  const child = spawn(program, args, { cwd, env: definedOnly(env), stdio: onOutput === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
  const held = isStarted(child) ? attached(child) : null;
  const forward = (signal: NodeJS.Signals): void => held?.meet(signal);
  const onKey = terminal ? (): void => { if (held?.isPaused() === true) held.end(); } : forward;
  for (const signal of FROM_KEYS) process.on(signal, onKey);
  for (const signal of FORWARDED) process.on(signal, forward);
  const ended = new Promise<AttachedOutcome>((resolve) => {
    child.once('error', (cause) => { if (child.pid === undefined) resolve({ kind: 'not-started', reason: errorCode(cause) }); });
    child.once('exit', (exitCode, signal) => resolve({ kind: 'ended', exitCode: exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]), signal }));
  });
  try {
    if (held !== null) onStart?.(held.pid, held);
    if (child.pid !== undefined && onOutput !== undefined) await Promise.all([passOutput(child.stdout, 1, onOutput), passOutput(child.stderr, 2, onOutput)]);
    return await ended;
  } finally {
    for (const signal of FROM_KEYS) process.removeListener(signal, onKey);
    for (const signal of FORWARDED) process.removeListener(signal, forward);
  }
}

function isStarted(child: ChildProcess): child is ChildProcess & { readonly pid: number } {
  return child.pid !== undefined;
}

async function passOutput(from: Readable | null, stream: 1 | 2, to: (stream: 1 | 2, chunk: Buffer) => Promise<void>): Promise<void> {
  for await (const chunk of from ?? []) await to(stream, chunk as Buffer);
}
