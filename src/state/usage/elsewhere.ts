import { join } from 'node:path';
import { readIfThere, replaceFile } from '../atomic-file.ts';

/** Reading so few files to see whose they are takes no longer than keeping that. */
const WORTH_KEEPING = 50;
const FILE = 'elsewhere.json';

/** The folders in which sessions were started that are not ours, by their record files: those of a client that keeps all in one place. */
export interface Elsewhere {
  readonly folderOf: (path: string) => string | undefined;
  readonly note: (path: string, cwd: string) => void;
  /** Keeps what was found out, of the files that there still are. */
  readonly keep: (paths: readonly string[]) => void;
}

/** What is known of them in the folder where such things are kept; null for nowhere. A session's folder never changes. */
export function sessionsElsewhere(folder: string | null): Elsewhere {
  const known = folder === null ? new Map<string, string>() : readKnown(folder);
  let found = 0;
  return {
    folderOf: (path) => known.get(path),
    note: (path, cwd) => {
      known.set(path, cwd);
      found += 1;
    },
    keep: (paths) => {
      if (folder === null || found < WORTH_KEEPING) return;
      try {
        replaceFile(join(folder, FILE), JSON.stringify({ version: 1, folders: paths.flatMap((path) => (known.has(path) ? [[path, known.get(path)]] : [])) }), 0o600);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error;
      }
    },
  };
}

function readKnown(folder: string): Map<string, string> {
  try {
    const { version, folders } = JSON.parse(readIfThere(join(folder, FILE)) ?? '{}') as { version?: unknown; folders?: unknown };
    if (version !== 1 || !Array.isArray(folders)) return new Map();
    return new Map(folders.filter((entry): entry is [string, string] => Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'string'));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || (error instanceof Error && 'code' in error)) return new Map();
    throw error;
  }
}
