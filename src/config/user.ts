import { lstatSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { NO_USER_CONFIG, type UserConfig } from '../core/config.ts';
import { usageError } from '../core/errors.ts';
import { escapeText } from '../core/text.ts';
import type { Env } from '../process/run.ts';
import { checkSize } from './size-limit.ts';

/** Our folder in the user's own configuration folder (XDG base directory specification). */
export function userFolder(env: Env): string {
  const configured = env['XDG_CONFIG_HOME'] ?? '';
  return join(isAbsolute(configured) ? configured : join(env['HOME'] ?? homedir(), '.config'), 'aiteam');
}

/** The file in which the user describes providers and agents for every project. */
export function userConfigFile(env: Env): string {
  return join(userFolder(env), 'config.yaml');
}

/**
 * What the user's own file says; nothing where there is none. A link is followed: it is the user's own folder.
 * Errors: `config-invalid`; `config-unsafe` where somebody else could have written it, since nothing in it is asked for approval.
 */
export async function loadUserConfig(env: Env): Promise<UserConfig> {
  const file = userConfigFile(env);
  const shown = escapeText(file);
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return NO_USER_CONFIG;
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) throw usageError('config-invalid', `${shown} is no regular file`);
  if (stats.uid !== process.getuid?.() || (stats.mode & 0o022) !== 0) {
    throw usageError('config-unsafe', `${shown} can be written by others, so that nothing in it is followed`, `chmod go-w ${shown}`);
  }
  checkSize(shown, stats.size);
  return (await import('./user-schema.ts')).parseUserConfig(readFileSync(file), shown);
}
