import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { statFields } from '../process/proc.ts';

/** Who holds something exclusive: enough to know later whether that very process still lives. */
export interface Owner {
  readonly host: string;
  /** The boot's id, or '' where the system has none. */
  readonly boot: string;
  /** The process namespace: another container's processes cannot be judged from here. */
  readonly namespace: string;
  readonly pid: number;
  /** The process's start time in clock ticks since boot, or '' where the system does not tell. */
  readonly started: string;
  readonly command: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** This process as an owner. */
export function thisProcess(command: string): Owner {
  return processAsOwner(process.pid, command);
}

/** A process of this machine as an owner. */
export function processAsOwner(pid: number, command: string): Owner {
  return { host: hostname(), boot: bootId(), namespace: pidNamespace(), pid, started: startTime(pid) ?? '', command, since: Date.now() };
}

/** Whether the owner is certainly gone. On another host or in another container it is never presumed so. */
export function isDead(owner: Owner): boolean {
  if (!isOfHere(owner)) return false;
  if (owner.boot !== '' && owner.boot !== bootId()) return true;
  if (isGone(owner.pid)) return true;
  const started = startTime(owner.pid);
  return owner.started !== '' && started !== null && started !== owner.started;
}

/** Whether the owner's process id means something here: same host, same container. */
export function isOfHere(owner: Owner): boolean {
  return owner.host === hostname() && owner.namespace === pidNamespace();
}

/** Whether no process of this host and process namespace has the id. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/** Host and process namespace in a form that fits into a file's name: process ids mean something only within one. */
export function thisPlace(): string {
  const namespace = /\d+/.exec(pidNamespace())?.[0] ?? '0';
  return `${hostname().replace(/[^A-Za-z0-9]+/g, '_').slice(0, 40)}-${namespace}`;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** Field 22 of its stat file (proc(5)); a zombie counts as gone. */
function startTime(pid: number): string | null {
  const fields = statFields(pid);
  if (fields === null) return null;
  return fields[0] === 'Z' || fields[0] === 'X' ? 'gone' : (fields[19] ?? null);
}
