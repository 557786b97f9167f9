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
  /** Puts signals off until `step` is done: it is not given up half-way. Errors: `interrupted` where one has come before. */
  hold<T>(step: () => Promise<T>): Promise<T>;
}

/** Gives `work` up at a signal, so that its caller's clean-up runs; not while a step is held, and not after one that went well. */
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
      throw interrupted ?? error;
    }
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await Promise.race([work({ hold }), signalled]);
  } finally {
    for (const name of SIGNALS) process.removeListener(name, onSignal);
  }
}
