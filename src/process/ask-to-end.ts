import { errorCode } from './run.ts';

/** Sends a process the signal of Ctrl-C; nothing happens where it has ended already. */
export function askToEnd(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
