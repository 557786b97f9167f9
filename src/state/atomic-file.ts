import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

let count = 0;

/** Replaces a file at once: readers see the old content or the new one, also after a kill or a power cut. Makes the folder. */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o644): void {
  replace(path, content, mode, fsyncSync);
}

/** The same without waiting for the disk: after a power cut the file may be empty, so it is for what is made anew then. */
export function replaceQuickly(path: string, content: string | Uint8Array): void {
  replace(path, content, 0o644, () => undefined);
}

function replace(path: string, content: string | Uint8Array, mode: number, sync: (file: number) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.${count += 1}.tmp`;
  // O_EXCL: never through a link that somebody put there.
  const file = openSync(temporary, 'wx', mode);
  try {
    writeSync(file, typeof content === 'string' ? Buffer.from(content, 'utf8') : content);
    sync(file);
  } catch (error) {
    closeSync(file);
    unlinkSync(temporary);
    throw error;
  }
  closeSync(file);
  renameSync(temporary, path);
}

/** The file's text (UTF-8), or null where there is no file. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** The names in a folder, sorted; none where there is no folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Whether a file system call failed because there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
