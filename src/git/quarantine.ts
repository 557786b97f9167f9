import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../process/run.ts';
import type { Repository } from './repository.ts';

/**
 * The variables by which git reads the repository's objects and writes new ones below `folder` only (git(1),
 * GIT_ALTERNATE_OBJECT_DIRECTORIES): for work of which nothing is to stay.
 */
export function quarantine(repo: Repository, folder: string): Env {
  const objects = join(folder, 'objects');
  mkdirSync(objects, { recursive: true });
  return { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(join(repo.commonDir, 'objects')) };
}

/** The list's entries are parted by colons; quoted, one may hold some. */
function quoted(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
