import { homedir, hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Env } from '../process/run.ts';

/**
 * The folder of this machine's slots, one folder a slot: the user's own (XDG base directory specification). Not the runtime
 * folder, which a login has and a job of cron has not: everybody must meet in the same place.
 */
export function slotsFolder(env: Env): string {
  const configured = env['XDG_STATE_HOME'] ?? '';
  const state = isAbsolute(configured) ? configured : join(env['HOME'] ?? homedir(), '.local', 'state');
  return join(state, 'aiteam', 'slots', hostname().replace(/[^A-Za-z0-9._-]+/g, '_') || 'localhost');
}
