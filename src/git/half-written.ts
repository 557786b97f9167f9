import { readFileSync, rmSync } from 'node:fs';
import type { TreeChange } from './diff.ts';
import type { Git } from './git.ts';
import { lstatIfThere, onDisk } from './on-disk.ts';

/**
 * Removes files that a killed git was writing: regular ones whose content is a beginning of what the change makes of them
 * (git writes into the file's own place), so that nothing is lost with them.
 */
export async function removeHalfWritten(there: Git, changes: readonly TreeChange[]): Promise<void> {
  for (const change of changes.filter(({ newMode }) => newMode.startsWith('100'))) {
    if (lstatIfThere(there.cwd, change.path)?.isFile() !== true) continue;
    const path = onDisk(there.cwd, change.path);
    const whole = await contentFor(there, change);
    const found = whole === null ? null : readFileSync(path);
    if (whole !== null && found !== null && found.length < whole.length && whole.subarray(0, found.length).equals(found)) rmSync(path);
  }
}

/** What git would write for the change, filters applied; null where a filter fails, so that git wrote nothing, and for a path whose bytes are no UTF-8. */
async function contentFor(there: Git, { path, newBlob }: TreeChange): Promise<Buffer | null> {
  const name = Buffer.from(path, 'latin1').toString('utf8');
  if (Buffer.from(name, 'utf8').toString('latin1') !== path) return null;
  const filtered = await there.run(['cat-file', '--filters', `--path=${name}`, newBlob], { accept: [0, 128] });
  return filtered.exitCode === 0 ? filtered.stdout : null;
}
