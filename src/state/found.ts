import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, replaceFile } from './atomic-file.ts';
import type { Layout } from './layout.ts';

/** What was there before `init`, so that `uninstall` can leave it so. */
export interface Found {
  /** Names in the folder of views; null where there was no such folder. */
  readonly views: readonly string[] | null;
}

/** Records what is there now; what an earlier call recorded stays. */
export function recordFound(layout: Layout): void {
  if (existsSync(fileOf(layout))) return;
  const found: Found = { views: existsSync(layout.views) ? readdirSync(layout.views) : null };
  replaceFile(fileOf(layout), `${JSON.stringify({ version: 1, ...found })}\n`);
}

export function readFound(layout: Layout): Found {
  const text = readIfThere(fileOf(layout));
  return text === null ? { views: null } : (JSON.parse(text) as Found);
}

function fileOf(layout: Layout): string {
  return join(layout.root, 'found.json');
}
