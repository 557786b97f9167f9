import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import type { Env } from '../process/run.ts';

/** The file that would be started by this name in this folder and environment, or null: as execvp(3) looks for it. */
export function findProgram(program: string, cwd: string, env: Env): string | null {
  const folders = program.includes('/') ? [''] : (env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => resolve(cwd, folder, program)).find(isProgram) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
