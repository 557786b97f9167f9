import { existsSync, lstatSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readFound } from '../found.ts';
import type { Layout } from '../layout.ts';
import { VIEWS } from './folder.ts';

/**
 * Removes our views, and their folder where we made it and nothing else is in it. Files that were there before get their
 * place back; `tracked` names are the repository's. Answers with the names of what stays in a folder that we made.
 */
export function removeViews(layout: Layout, tracked: ReadonlySet<string>): string[] {
  if (lstatSync(layout.views, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const before = readFound(layout).views;
  for (const name of VIEWS) {
    if (tracked.has(name)) continue;
    const path = join(layout.views, name);
    const aside = `${path}.before-aiteam`;
    if (existsSync(aside)) renameSync(aside, path);
    else if (before?.includes(name) !== true) rmSync(path, { force: true });
  }
  for (const name of readdirSync(layout.views)) {
    if (name === '.handoff.prev' || /\.\d+(\.\d+)?\.tmp$/.test(name)) rmSync(join(layout.views, name), { force: true });
  }
  const left = readdirSync(layout.views);
  if (before !== null) return [];
  if (left.length === 0) rmdirSync(layout.views);
  return left;
}
