import { AiteamError } from '../core/errors.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The work was given up because of a signal; the process ends by that very signal once it has cleaned up. */
export class Interrupted extends AiteamError {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals, what: string) {
    super(`${what} was interrupted by ${signal}`, { code: 'interrupted', kind: 'interrupted', hints: ['nothing is left half done; start it again when you like'] });
    this.signal = signal;
  }
}

/** What interruptible work may ask for. */
export interface Hold {
  /** Puts signals off until `step`, the last one, is done: it is not given up half-way. Errors: `interrupted` where one has come before. */
  hold<T>(step: () => Promise<T>): Promise<T>;
  /** The same for a step that others follow: a signal that came meanwhile gives the work up after it. Errors: `interrupted`. */
  holdFor<T>(step: () => Promise<T>): Promise<T>;
}

/** What a step left half done that failed: its own words and hints matter more than the signal. */
const LEAVES_SOMETHING: readonly string[] = ['checkout-left', 'push-unknown'];

/** Gives `work` up at a signal, so that its caller's clean-up runs; not while a step is held, and not after a last one that went well. */
export async function interruptible<T>(what: string, work: (hold: Hold) => Promise<T>): Promise<T> {
  let interrupted: Interrupted | null = null;
  let held = false;
  let giveUp: (reason: Interrupted) => void = () => undefined;
  const signalled = new Promise<never>((_, reject) => { giveUp = reject; });
  const onSignal = (signal: NodeJS.Signals): void => {
    interrupted ??= new Interrupted(signal, what);
    if (!held) giveUp(interrupted);
  };
  const hold: Hold['hold'] = async (step) => {
    if (interrupted !== null) throw interrupted;
    held = true;
    try {
      return await step();
    } catch (error) {
      held = false;
      if (error instanceof AiteamError && LEAVES_SOMETHING.includes(error.code)) throw error;
      throw interrupted ?? error;
    }
  };
  const holdFor: Hold['holdFor'] = async (step) => {
    const done = await hold(step);
    held = false;
    if (interrupted !== null) throw interrupted;
    return done;
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await Promise.race([work({ hold, holdFor }), signalled]);
  } finally {
    for (const name of SIGNALS) process.removeListener(name, onSignal);
  }
}
