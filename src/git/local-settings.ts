import type { Setting } from '../core/executable-config.ts';
import type { Git } from './git.ts';

/** What the repository's own configuration says, files that it includes read too; nothing of the user's or the system's. */
export async function localSettings(git: Git): Promise<Setting[]> {
  const out = await git.text(['config', '--local', '--includes', '--list', '-z']);
  return out.split('\0').filter((entry) => entry !== '').map((entry) => {
    // A key alone means true (git-config(1)).
    const end = entry.indexOf('\n');
    return end < 0 ? { key: entry, value: 'true' } : { key: entry.slice(0, end), value: entry.slice(end + 1) };
  });
}
