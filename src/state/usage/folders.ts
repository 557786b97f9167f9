import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { isMissing } from '../atomic-file.ts';

/** What lies in a folder, by name; nothing where there is none, none that we may read, or a link that leads to itself. */
export function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isMissing(error) || ['EACCES', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** The regular files in a folder and all below it whose names fit; links are not followed. */
export function filesBelow(folder: string, fits: (name: string) => boolean): string[] {
  return entriesIn(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path, fits) : entry.isFile() && fits(entry.name) ? [path] : [];
  });
}
