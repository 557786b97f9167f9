import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from './layout.ts';

/** No refresh takes so long to begin: a file of that age was left by a killed one. */
const STALE_MS = 30_000;

/** The file by which hooks know that a refresh is on its way: its process id. */
export function refreshFile(root: string): string {
  return join(root, 'refresh.pid');
}

/** The file in which the last refresh that hooks started, and that failed, says why. */
export function refreshFailureFile(root: string): string {
  return join(root, 'refresh-failed');
}

/** Removes the file of a refresh that was killed before it began: were its number used again, hooks would wait for ever. */
export function clearStaleRefresh(layout: Layout): void {
  const file = refreshFile(layout.root);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS) rmSync(file, { force: true });
}
