import { closeSync, constants, existsSync, fstatSync, lstatSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AiteamError } from '../../core/errors.ts';
import { decodeBytes } from '../../core/text.ts';
import { isMissing, replaceQuickly } from '../atomic-file.ts';
import { VIEWS_FOLDER, type Layout } from '../layout.ts';

export const VIEWS = ['assignments.json', 'status.json', 'handoff.md', 'conflicts.log'] as const;
export type ViewName = (typeof VIEWS)[number];

const LARGEST = 4 * 1024 * 1024;

/** Makes the folder of views where it is missing. Errors: `views-in-the-way` where a link or something else is in its place. */
export function openViewsFolder(layout: Layout): void {
  const found = lstatSync(layout.views, { throwIfNoEntry: false });
  if (found === undefined) mkdirSync(layout.views, { recursive: true });
  else if (!found.isDirectory()) {
    // Somebody may have pointed it at a place outside of the repository.
    throw new AiteamError(`the views were not written: ${layout.views} is ${found.isSymbolicLink() ? 'a symbolic link' : 'no folder'}`, {
      code: 'views-in-the-way', hints: [`move it away: mv ${VIEWS_FOLDER} ${VIEWS_FOLDER}.old`],
    });
  }
}

/** The view's text, or null where there is none: no file, a link, a pipe. Errors: `view-too-large` above 4 MiB. */
export function readView(path: string): string | null {
  let file: number;
  try {
    // Never through a link, and without waiting for the other end of a pipe.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && 'code' in error && (error.code === 'ELOOP' || error.code === 'ENXIO' || error.code === 'EMLINK'))) return null;
    throw error;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return null;
    if (stat.size > LARGEST) throw new AiteamError(`${path} has grown beyond ${LARGEST / 1024 / 1024} MiB and is left alone`, { code: 'view-too-large', hints: [`make it smaller, or delete it: rm ${path}`] });
    const buffer = Buffer.alloc(stat.size);
    return decodeBytes(buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)));
  } finally {
    closeSync(file);
  }
}

/** Replaces a view where its text differs; true when it did. */
export function writeView(layout: Layout, name: ViewName, text: string): boolean {
  const path = join(layout.views, name);
  if (readView(path) === text) return false;
  replaceQuickly(path, text);
  return true;
}

/** Moves files that are not ours out of the way, before views are written for the first time; gives their new names. */
export function setForeignAside(layout: Layout, names: readonly ViewName[]): string[] {
  return names.filter((name) => existsSync(join(layout.views, name))).map((name) => {
    const aside = `${name}.before-aiteam`;
    renameSync(join(layout.views, name), join(layout.views, aside));
    return aside;
  });
}

/** Removes what a process that was killed while it wrote views left. To be called by the holder of the mutex `views` only. */
export function removeHalfWritten(layout: Layout): void {
  for (const name of readdirSync(layout.views)) {
    if (VIEWS.some((view) => name.startsWith(`${view}.`)) && /\.\d+\.\d+\.tmp$/.test(name)) rmSync(join(layout.views, name), { force: true });
  }
}
