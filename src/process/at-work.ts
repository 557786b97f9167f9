import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { processIds, statFields } from './proc.ts';

/**
 * Whether some process was started with all of these arguments. Only where the system shows processes as files
 * (proc(5)); elsewhere the answer is false.
 */
export function isAtWork(...args: readonly string[]): boolean {
  return (processIds() ?? []).some((pid) => {
    const given = argumentsOf(pid);
    return args.every((arg) => given.includes(arg));
  });
}

/**
 * Whether some process of this program, by its file's name, is there that was started by `time` (epoch ms) with one of these
 * arguments. Where the system does not tell, the answer is false.
 */
export function isProgramAtWork(program: string, words: readonly string[], time: number): boolean {
  return (processIds() ?? []).some((pid) => {
    const [file = '', ...given] = argumentsOf(pid);
    return basename(file) === program && given.some((arg) => words.includes(arg)) && startOf(pid) <= time + BLUR_MS;
  });
}

const TICK_MS = 10;
/** The system tells when it was started in whole seconds. */
const BLUR_MS = 1_000;

/** About when a process started, epoch ms, by field 22; Infinity where it is gone. */
function startOf(pid: string): number {
  const ticks = statFields(pid)?.[19];
  return ticks === undefined ? Number.POSITIVE_INFINITY : bootTime() + Number(ticks) * TICK_MS;
}

function bootTime(): number {
  return Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]) * 1_000;
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
