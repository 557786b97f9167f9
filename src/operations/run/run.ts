import { shellWord } from '../../core/text.ts';
import { runAttached, type AttachedOutcome } from '../../process/run-attached.ts';
import { warn, type Context } from '../context.ts';
import { runCached, type Caching, type Output } from './cached.ts';
import { lookAround } from './here.ts';
import { shownCommand, withSlot, type InSlot } from './slot.ts';

export interface RunInput {
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly [string, ...string[]];
  /** Null: it waits for nobody. */
  readonly slot: string | null;
  /** Null: it is run, with our own streams. */
  readonly caching: Caching | null;
}

/**
 * Runs a command in a slot, or gives what is kept of the same one; answers with its exit code, 128 + n for a signal.
 * Errors: those of `withSlot` and `runCached`.
 */
export async function runCommandLine(context: Context, { command, slot, caching }: RunInput): Promise<number> {
  const here = await lookAround(context);
  const [file, ...args] = command;
  const inSlot = (work: (slot: InSlot) => Promise<AttachedOutcome>): Promise<AttachedOutcome> =>
    slot === null ? work({ env: {}, runs: () => undefined }) : withSlot(here, { slot, command: shownCommand(command) }, work);
  const start = (onOutput: Output | null, noted: (pid: number) => void): Promise<AttachedOutcome> => inSlot(({ env, runs }) => runAttached(file, args, {
    cwd: context.cwd, env: { ...context.env, ...env }, onStart: (pid) => { runs(pid); noted(pid); }, ...(onOutput === null ? {} : { onOutput }),
  }));
  const outcome = caching === null ? await start(null, () => undefined) : await runCached(here, command, caching, start);
  if (outcome.kind === 'ended') return outcome.exitCode;
  warn(context, `${shellWord(file)} could not be started: ${outcome.reason === 'ENOENT' ? 'there is no such program' : outcome.reason}`);
  // As a shell has it: not found, or found and not to be run.
  return outcome.reason === 'ENOENT' ? 127 : 126;
}
