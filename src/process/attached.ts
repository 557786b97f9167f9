import { spawnSync, type ChildProcess } from 'node:child_process';
import { familyOf, ofOurSession, signalProcess } from './family.ts';

/** A program that has our terminal, and that we can hold. */
export interface Attached {
  readonly pid: number;
  readonly isPaused: () => boolean;
  /** Stops it with all that it has started, again where somebody let it go on, and gives the terminal back the modes in which a person can type. */
  readonly pause: () => void;
  /** Whether it was asked to end, so lately that it may be about to: who stops it then never sees the end. */
  readonly isEnding: () => boolean;
  /** Hands a signal on; where it is stopped it goes on to meet one that asks it to end. */
  readonly meet: (signal: NodeJS.Signals) => void;
  /** Lets it go on where it is stopped. */
  readonly goOn: () => void;
  /** Hangs it up as a closed terminal does, and then what it has started and left; where it does not end, it is terminated, and at last killed. */
  readonly end: () => void;
}

const TERMINATE_MS = 10_000;
const KILL_MS = 20_000;
const ENDING: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGTERM'];

/** The handle of a child that runs. */
export function attached(child: ChildProcess & { readonly pid: number }): Attached {
  let stopped: readonly number[] = [];
  let modes: string | null = null;
  let askedAt: number | null = null;
  const runs = (): boolean => child.exitCode === null && child.signalCode === null;
  const goOn = (): void => {
    if (stopped.length === 0) return;
    if (modes !== null) stty(modes);
    for (const pid of stopped.toReversed()) signalProcess(pid, 'SIGCONT');
    [stopped, modes] = [[], null];
    // What we wrote stands where its own picture was: it draws anew, as for another size.
    if (process.stdin.isTTY) signalProcess(child.pid, 'SIGWINCH');
  };
  const meet = (signal: NodeJS.Signals): void => {
    child.kill(signal);
    if (!ENDING.includes(signal)) return;
    askedAt = Date.now();
    goOn();
  };
  return {
    pid: child.pid,
    isEnding: () => askedAt !== null && Date.now() - askedAt < KILL_MS,
    meet,
    isPaused: () => stopped.length > 0,
    pause: () => {
      if (!runs()) return;
      const isFirst = stopped.length === 0;
      stopped = stopFamily(child.pid);
      if (isFirst && process.stdin.isTTY) [modes] = [stty('-g'), stty('sane')];
    },
    goOn,
    end: () => {
      if (!runs()) return;
      const family = familyOf(child.pid);
      // A wrapper ends by it and leaves the client that it has started, which would go on. A client tidies up by itself before.
      child.once('exit', () => { for (const pid of ofOurSession(family)) signalProcess(pid, 'SIGHUP'); });
      meet('SIGHUP');
      for (const [after, signal] of [[TERMINATE_MS, 'SIGTERM'], [KILL_MS, 'SIGKILL']] as const) setTimeout(() => { if (runs()) child.kill(signal); }, after).unref();
    },
  };
}

/** Stops them from the top: what is stopped starts nothing more. */
function stopFamily(pid: number): number[] {
  const stopped = new Set<number>();
  for (let fresh = [pid]; fresh.length > 0; fresh = familyOf(pid).filter((member) => !stopped.has(member))) {
    for (const member of fresh) {
      signalProcess(member, 'SIGSTOP');
      stopped.add(member);
    }
  }
  return [...stopped];
}

/** What stty(1) prints of our terminal, or null; in the background it would be stopped, and is given up. */
function stty(...args: string[]): string | null {
  const { status, stdout } = spawnSync('stty', args, { stdio: ['inherit', 'pipe', 'ignore'], encoding: 'utf8', timeout: 1000, killSignal: 'SIGKILL' });
  return status === 0 ? stdout.trim() : null;
}
