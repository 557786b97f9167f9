import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessError } from '../process/run.ts';
import type { Git } from './git.ts';

// Relative to the configuration file: it stays true when the repository is moved, and nothing in it needs an escape.
const SECTION = 'includeIf.gitdir:./worktrees/*';
const HEADER = '[includeif "gitdir:./worktrees/*"]';
const INCLUDED = 'aiteam/hooks.gitconfig';

const ATTEMPTS = 40;
const PAUSE_MS = 25;

/** Whether linked worktrees get our settings: `displaced` where a hooksPath further down in the file wins over them. */
export type IncludeState = 'in place' | 'missing' | 'displaced';

/** Looks into the repository's configuration file; no process. */
export function includeState(commonDir: string): IncludeState {
  const lines = configText(commonDir).split('\n').map((line) => line.trim());
  const at = lines.findLastIndex((line) => line.toLowerCase() === HEADER);
  if (at < 0 || lines[at + 1] !== `path = ${INCLUDED}`) return 'missing';
  return lines.slice(at).some((line) => /^(\[core\]\s*)?hookspath\s*=/i.test(line)) ? 'displaced' : 'in place';
}

/** Puts the include at the end of the repository's configuration, where it wins. */
export async function writeInclude(git: Git): Promise<void> {
  await removeInclude(git);
  await configure(git, [`${SECTION}.path`, INCLUDED]);
}

/** Takes the include out of the repository's configuration. */
export async function removeInclude(git: Git): Promise<void> {
  // Each call removes all sections of that name; 128 says that there is none.
  await configure(git, ['--remove-section', SECTION], [0, 128]);
}

/** The settings that linked worktrees include, as the text of a configuration file. */
export function hooksSettings(folder: string): string {
  const quoted = folder.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t');
  return `[core]\n\thooksPath = "${quoted}"\n`;
}

/** One value of core.hooksPath. */
export interface HooksPath {
  readonly scope: string;
  /** Such as `file:.git/config`. */
  readonly origin: string;
  readonly path: string;
}

/** The values of core.hooksPath that git sees in a folder, the winning one last. */
export async function hooksPaths(git: Git, cwd?: string): Promise<HooksPath[]> {
  const { stdout } = await git.run(['config', '--null', '--show-scope', '--show-origin', '--type=path', '--get-all', 'core.hooksPath'], {
    accept: [0, 1], ...(cwd === undefined ? {} : { cwd }),
  });
  const fields = stdout.toString('utf8').split('\0').slice(0, -1);
  const paths: HooksPath[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [scope = '', origin = '', path = ''] = fields.slice(at, at + 3);
    // Our own calls switch hooks off on their command line.
    if (scope !== 'command') paths.push({ scope, origin, path });
  }
  return paths;
}

async function configure(git: Git, args: readonly string[], accept: readonly number[] = [0]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await git.run(['config', '--local', ...args], { accept });
      return;
    } catch (error) {
      const locked = error instanceof ProcessError && /could not lock config file/.test(error.stderr);
      if (!locked || attempt === ATTEMPTS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

function configText(commonDir: string): string {
  try {
    return readFileSync(join(commonDir, 'config'), 'latin1');
  } catch {
    return '';
  }
}
