import { readFileSync, readdirSync } from 'node:fs';

/**
 * Whether some process was started with all of these arguments. Only where the system shows processes as files
 * (proc(5)); elsewhere the answer is false.
 */
export function isAtWork(...args: readonly string[]): boolean {
  return processIds().some((pid) => {
    const given = argumentsOf(pid);
    return args.every((arg) => given.includes(arg));
  });
}

function processIds(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
