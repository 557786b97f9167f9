import type { Readable } from 'node:stream';
import { definedOnly, errorCode, type Env } from './run.ts';

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
  /** Once the shell has ended, what it left in the background is ended too; else it is waited for. */
  readonly endGroup?: boolean;
  /** Called with the number of the process, which leads a process group of its own. */
  readonly onStart?: (pid: number) => void;
  /** Called with each piece of output, stdout and stderr in the order of their arrival. */
  readonly onOutput: (chunk: Buffer) => void;
}

/** How a command that a person configured ended. It is given to `sh -c`: the text is the person's own, approved by them. */
export async function runShell(command: string, options: CommandOptions): Promise<CommandOutcome> {
  // Loaded only where a configured command runs: it is the largest package of all.
  const { execa } = await import('execa');
  let group: number | undefined;
  const onExit = (): void => killGroup(group);
  // A signal to us ends what we started too: nobody would wait for it any more. Caught before there is anything to end.
  const onSignal = (signal: NodeJS.Signals): void => {
    killGroup(group);
    for (const name of SIGNALS) process.removeListener(name, onSignal);
    process.kill(process.pid, signal);
  };
  process.once('exit', onExit);
  for (const name of SIGNALS) process.on(name, onSignal);
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
  group = child.pid;
  if (group !== undefined) options.onStart?.(group);
  if (options.endGroup === true) child.once('exit', onExit);
  let timedOut = false;
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => { timedOut = true; killGroup(group); }, options.timeoutMs);
  try {
    const result = await child;
    if (timedOut) return { kind: 'timed-out' };
    if (result.signal !== undefined) return { kind: 'signalled', signal: result.signal };
    if (result.exitCode === undefined) return { kind: 'not-started', reason: errorCode(result.cause) };
    return { kind: 'exited', exitCode: result.exitCode };
  } finally {
    clearTimeout(timer);
    process.removeListener('exit', onExit);
    for (const name of SIGNALS) process.removeListener(name, onSignal);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends a process group; nothing happens where it has ended already. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended already.
  }
}
