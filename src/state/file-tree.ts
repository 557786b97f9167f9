import { constants, copyFileSync, lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, utimesSync, type Stats } from 'node:fs';
import type { RepoPath } from '../core/ids.ts';

/** What lies at a path: how many files, how large, and when the newest change of anything in it was (epoch milliseconds). */
export interface Measure {
  readonly files: number;
  readonly bytes: number;
  readonly newest: number;
}

/** A repository's path below a folder, for the file system: the bytes as they are. A final `/` is left out. */
export function pathIn(folder: string, path: RepoPath): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`, 'utf8'), Buffer.from(path.replace(/\/$/, ''), 'latin1')]);
}

/** The file's facts, links not followed; null where there is nothing. */
export function lstatIfThere(path: string | Buffer): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

/** Counts and sums a file or everything in a folder; null where there is nothing. */
export function measure(path: Buffer): Measure | null {
  const stat = lstatIfThere(path);
  if (stat === null) return null;
  if (!stat.isDirectory()) return { files: 1, bytes: stat.size, newest: stat.mtimeMs };
  let [files, bytes, newest] = [0, 0, stat.mtimeMs];
  for (const name of readdirSync(path, { encoding: 'buffer' })) {
    const inner = measure(below(path, name));
    if (inner === null) continue;
    files += inner.files;
    bytes += inner.bytes;
    newest = Math.max(newest, inner.newest);
  }
  return { files, bytes, newest };
}

/**
 * Makes the folders above a path inside a root; false where one of them is something else, a link for instance, so that
 * nothing is ever written outside of the root.
 */
export function makeParents(root: string, path: RepoPath): boolean {
  const parts = path.replace(/\/$/, '').split('/').slice(0, -1);
  for (let count = 1; count <= parts.length; count += 1) {
    const folder = pathIn(root, parts.slice(0, count).join('/') as RepoPath);
    const stat = lstatIfThere(folder);
    if (stat === null) mkdirSync(folder);
    else if (!stat.isDirectory()) return false;
  }
  return true;
}

/**
 * Copies a file, link or folder, sharing blocks where the file system can; what exists at the other end stays as it is.
 * A file appears there whole or not at all. Sockets, pipes and devices are left out.
 */
export function copyMissing(from: Buffer, to: Buffer): void {
  const stat = lstatIfThere(from);
  const there = lstatIfThere(to);
  if (stat === null) return;
  if (stat.isDirectory()) {
    if (there === null) mkdirSync(to, { mode: stat.mode });
    else if (!there.isDirectory()) return;
    for (const name of readdirSync(from, { encoding: 'buffer' })) copyMissing(below(from, name), below(to, name));
    if (there === null) utimesSync(to, stat.atime, stat.mtime);
    return;
  }
  if (there !== null) return;
  if (stat.isSymbolicLink()) symlinkSync(readlinkSync(from, { encoding: 'buffer' }), to);
  else if (stat.isFile()) copyFile(from, to, stat);
}

function copyFile(from: Buffer, to: Buffer, stat: Stats): void {
  const partial = Buffer.concat([to, Buffer.from('.aiteam-partial')]);
  rmSync(partial, { force: true });
  copyFileSync(from, partial, constants.COPYFILE_FICLONE);
  utimesSync(partial, stat.atime, stat.mtime);
  renameSync(partial, to);
}

/**
 * Moves a path from one root to the same place below another, folders into folders that are there; a copy where the
 * roots are on different file systems. False where something of it stays: nothing is overwritten.
 */
export function movePath(fromRoot: string, toRoot: string, path: RepoPath): boolean {
  mkdirSync(toRoot, { recursive: true });
  return makeParents(toRoot, path) && moveMissing(pathIn(fromRoot, path), pathIn(toRoot, path));
}

function moveMissing(from: Buffer, to: Buffer): boolean {
  const there = lstatIfThere(to);
  if (there === null) {
    moveAny(from, to);
    return true;
  }
  if (!there.isDirectory() || lstatIfThere(from)?.isDirectory() !== true) return false;
  const left = readdirSync(from, { encoding: 'buffer' }).filter((name) => !moveMissing(below(from, name), below(to, name)));
  if (left.length === 0) rmSync(from, { recursive: true });
  return left.length === 0;
}

/** Moves a file or folder to where nothing is; the folder above must exist. */
export function moveAny(from: string | Buffer, to: string | Buffer): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    copyMissing(Buffer.from(from), Buffer.from(to));
    rmSync(from, { recursive: true, force: true });
  }
}

function below(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}
