import { spawnSync } from 'node:child_process';
import { processIds, statFields } from './proc.ts';
import { errorCode } from './run.ts';

interface Relative {
  readonly pid: number;
  readonly parent: number;
  /** Null where the system does not tell. */
  readonly session: number | null;
}

/**
 * The process and all that it has started in its own session, parents first. What has a session of its own is left out: the
 * system would not let it go on where it is stopped and everybody else is killed.
 */
export function familyOf(pid: number): number[] {
  const all = readdirProcesses() ?? listedProcesses();
  const session = all.find((one) => one.pid === pid)?.session ?? null;
  const family = [pid];
  for (const member of family) family.push(...all.filter((one) => one.parent === member && one.session === session && !family.includes(one.pid)).map((one) => one.pid));
  return family;
}

/** Those of these processes that still run, in our own session: an id that came again is somebody else's. */
export function ofOurSession(pids: readonly number[]): number[] {
  const all = readdirProcesses() ?? listedProcesses();
  const session = all.find((one) => one.pid === process.pid)?.session ?? null;
  return all.filter((one) => one.session === session && pids.includes(one.pid)).map(({ pid }) => pid);
}

/** Sends a signal to a process; nothing happens where it has ended already. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** Hangs a stopped process up with what it has started, and lets all go on, so that they can end. */
export function hangUpStopped(pid: number): void {
  const family = familyOf(pid);
  for (const signal of ['SIGHUP', 'SIGCONT'] as const) for (const member of family.toReversed()) signalProcess(member, signal);
}

/** Kills a process and what it has started. */
export function killFamily(pid: number): void {
  for (const member of familyOf(pid)) signalProcess(member, 'SIGKILL');
}

/** Parent and session are the fields 4 and 6; null where the system does not show processes as files. */
function readdirProcesses(): Relative[] | null {
  const found = (processIds() ?? []).flatMap((id) => {
    const fields = statFields(id);
    return fields === null ? [] : [{ pid: Number(id), parent: Number(fields[1]), session: Number(fields[3]) }];
  });
  return found.length === 0 ? null : found;
}

function listedProcesses(): Relative[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8', timeout: 5000 });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return pid === undefined || parent === undefined || Number.isNaN(parent) ? [] : [{ pid, parent, session: null }];
  });
}
