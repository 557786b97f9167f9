import { readdirSync, readFileSync } from 'node:fs';

/** The ids of all processes; null where the system does not show them as files (proc(5)). */
export function processIds(): string[] | null {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return null;
  }
}

/**
 * The fields of a process's stat file (proc(5)) from the third on, its state: the two before are its id and a name that may hold
 * anything. Null where there is no such process, or no such file.
 */
export function statFields(pid: number | string): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
