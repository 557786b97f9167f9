import { lstatSync, type Stats } from 'node:fs';

/** The file's facts, links not followed; null where nothing is. */
export function lstatIfThere(worktree: string, path: string): Stats | null {
  try {
    return lstatSync(onDisk(worktree, path));
  } catch {
    return null;
  }
}

/** A path's bytes below a folder, for the file system. */
export function onDisk(worktree: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${worktree}/`, 'utf8'), Buffer.from(path, 'latin1')]);
}
