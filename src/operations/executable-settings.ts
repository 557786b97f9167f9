import { join } from 'node:path';
import { canExecute, newExecutables, type Setting } from '../core/executable-config.ts';
import { localSettings } from '../git/settings.ts';
import type { Repository } from '../git/repository.ts';
import { readIfThere, replaceFile } from '../state/atomic-file.ts';
import type { Layout } from '../state/layout.ts';

/** Records the settings of the repository that git may start programs for, as they are now. */
export async function recordExecutables(repo: Repository, layout: Layout): Promise<void> {
  const settings = (await localSettings(repo.git)).filter(canExecute);
  replaceFile(baselineFile(layout), `${JSON.stringify({ version: 1, settings }, null, 2)}\n`, 0o600);
}

/** Those that have appeared or changed since they were recorded; null where nothing was recorded. */
export async function executablesSinceRecorded(repo: Repository, layout: Layout): Promise<Setting[] | null> {
  const baseline = readBaseline(layout);
  return baseline === null ? null : newExecutables(baseline, await localSettings(repo.git));
}

function readBaseline(layout: Layout): Setting[] | null {
  const text = readIfThere(baselineFile(layout));
  if (text === null) return null;
  try {
    const { settings } = JSON.parse(text) as { settings: Setting[] };
    return Array.isArray(settings) ? settings : null;
  } catch {
    return null;
  }
}

function baselineFile(layout: Layout): string {
  return join(layout.root, 'executable-settings.json');
}
