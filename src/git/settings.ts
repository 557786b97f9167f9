import type { Setting } from '../core/executable-config.ts';
import type { ScopedSetting } from '../core/room-settings.ts';
import type { Git } from './git.ts';

/** What the repository's own configuration says, files that it includes read too; nothing of the user's or the system's. */
export async function localSettings(git: Git): Promise<Setting[]> {
  const out = await git.text(['config', '--local', '--includes', '--list', '-z']);
  return out.split('\0').filter((entry) => entry !== '').map(settingOf);
}

/** Every setting that is in force, with where it stands, in the order in which git reads them. */
export async function allSettings(git: Git): Promise<ScopedSetting[]> {
  const fields = (await git.text(['config', '--list', '--show-scope', '-z'])).split('\0');
  return Array.from({ length: Math.floor(fields.length / 2) }, (_, index) => ({ scope: fields[2 * index] ?? '', ...settingOf(fields[2 * index + 1] ?? '') }));
}

function settingOf(entry: string): Setting {
  // A key alone means true (git-config(1)).
  const end = entry.indexOf('\n');
  return end < 0 ? { key: entry, value: 'true' } : { key: entry.slice(0, end), value: entry.slice(end + 1) };
}
