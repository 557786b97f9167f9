import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId } from '../core/ids.ts';
import { namesIn, readIfThere, replaceQuickly } from './atomic-file.ts';
import type { Layout } from './layout.ts';

/** What an agent's list of touched paths was made from: an unchanged basis needs no new list. */
export type TouchedBasis = ReadonlyMap<AgentId, string>;

/** The basis of each list; empty where nobody wrote one. */
export function readTouchedBasis(layout: Layout): TouchedBasis {
  try {
    return new Map(JSON.parse(readIfThere(basisFile(layout)) ?? '[]') as [AgentId, string][]);
  } catch {
    return new Map();
  }
}

export function writeTouchedBasis(layout: Layout, basis: TouchedBasis): void {
  replaceQuickly(basisFile(layout), JSON.stringify([...basis]));
}

/** The paths that an agent's unlanded branch touches, as git quotes them; null where there is no list. */
export function readTouched(layout: Layout, agent: AgentId): string[] | null {
  return readIfThere(join(layout.touched, agent))?.split('\n').filter((line) => line !== '') ?? null;
}

/** Replaces an agent's list. */
export function writeTouched(layout: Layout, agent: AgentId, paths: readonly string[]): void {
  replaceQuickly(join(layout.touched, agent), paths.map((path) => `${path}\n`).join(''));
}

/** Removes the lists of all but these agents. */
export function keepTouched(layout: Layout, agents: ReadonlySet<string>): void {
  for (const name of namesIn(layout.touched)) {
    if (!agents.has(name) && !name.endsWith('.tmp')) rmSync(join(layout.touched, name), { force: true });
  }
}

function basisFile(layout: Layout): string {
  return join(layout.root, 'touched.json');
}
