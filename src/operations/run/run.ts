import { shellWord } from '../../core/text.ts';
import { runAttached, type AttachedOutcome } from '../../process/run-attached.ts';
import { definedOnly } from '../../process/run.ts';
import { warn, type Context } from '../context.ts';
import { lookAround } from './here.ts';
import { withSlot, type InSlot } from './slot.ts';

export interface RunInput {
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly [string, ...string[]];
  /** Null: it waits for nobody. */
  readonly slot: string | null;
}

/** Runs a command in a slot; answers with its exit code, 128 + n for a signal. Errors: those of `withSlot`. */
export async function runCommandLine(context: Context, { command, slot }: RunInput): Promise<number> {
  const here = await lookAround(context);
  const [file, ...args] = command;
  const start = async ({ env, runs }: InSlot): Promise<AttachedOutcome> =>
    runAttached(file, args, { cwd: context.cwd, env: { ...definedOnly(context.env), ...env }, onStart: runs });
  const outcome = slot === null ? await start(NO_SLOT) : await withSlot(here, { slot, command: commandText(command) }, start);
  if (outcome.kind === 'ended') return outcome.exitCode;
  warn(context, `${shellWord(file)} could not be started: ${outcome.reason === 'ENOENT' ? 'there is no such program' : outcome.reason}`);
  // As a shell has it: not found, or found and not to be run.
  return outcome.reason === 'ENOENT' ? 127 : 126;
}

const NO_SLOT: InSlot = { env: {}, runs: () => undefined };

function commandText(command: readonly string[]): string {
  return command.map(shellWord).join(' ');
}
