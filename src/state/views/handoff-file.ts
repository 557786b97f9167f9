import { linkSync, lstatSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { HandoffTexts } from '../../core/handoff-import.ts';
import { readIfThere, replaceFile } from '../atomic-file.ts';
import type { Layout } from '../layout.ts';
import { readView } from './folder.ts';

/** What is remembered of handoff.md between two refreshes. */
interface Shown {
  readonly version: 1;
  /** Ids of entries and unread text that the file held when it was written last, and the time before. */
  readonly ids: readonly string[];
  readonly before: readonly string[];
}

/** handoff.md, and the file that it replaced: whoever had that one open may have written to it since. */
export function readHandoffFiles(layout: Layout): HandoffTexts {
  return {
    current: readView(handoffPath(layout)) ?? '',
    previous: previousPlaces(layout).map((path) => readView(path) ?? '').join('\n\n'),
  };
}

/** Milliseconds since somebody last wrote to handoff.md; Infinity where there is none. */
export function handoffFileAge(layout: Layout): number {
  const stat = statSync(handoffPath(layout), { throwIfNoEntry: false });
  return stat === undefined ? Number.POSITIVE_INFINITY : Date.now() - stat.mtimeMs;
}

/** Ids of what handoff.md was given before; null before the first time. */
export function shownIds(layout: Layout): ReadonlySet<string> | null {
  const shown = readShown(layout);
  return shown === null ? null : new Set([...shown.ids, ...shown.before]);
}

/** Puts a new handoff.md in the place of the last one, which is kept until the next time. */
export function replaceHandoffFile(layout: Layout, text: string, ids: readonly string[]): void {
  // First: a kill before the new file is there makes known what is there already, and nothing else.
  replaceFile(shownPath(layout), JSON.stringify({ version: 1, ids, before: readShown(layout)?.ids ?? [] } satisfies Shown));
  keepPrevious(layout);
  replaceFile(handoffPath(layout), text);
}

function keepPrevious(layout: Layout): void {
  const current = handoffPath(layout);
  if (lstatSync(current, { throwIfNoEntry: false })?.isFile() !== true) return;
  const [preferred = '', beside = ''] = previousPlaces(layout);
  const kept = hardLink(current, preferred) ? preferred : hardLink(current, beside) ? beside : null;
  for (const place of [preferred, beside]) if (place !== kept) rmSync(place, { force: true });
}

/** False where the file system has no such links, or the two places are on different ones. */
function hardLink(from: string, to: string): boolean {
  const temporary = `${to}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  try {
    linkSync(from, temporary);
  } catch {
    return false;
  }
  renameSync(temporary, to);
  // Renaming a link over another one of the same file leaves both.
  rmSync(temporary, { force: true });
  return true;
}

function readShown(layout: Layout): Shown | null {
  try {
    const shown = JSON.parse(readIfThere(shownPath(layout)) ?? 'null') as Shown | null;
    return shown?.version === 1 ? shown : null;
  } catch {
    return null;
  }
}

function handoffPath(layout: Layout): string {
  return join(layout.views, 'handoff.md');
}

function shownPath(layout: Layout): string {
  return join(layout.root, 'handoff-shown.json');
}

/** Below the common directory, or beside handoff.md where that is on another file system. */
function previousPlaces(layout: Layout): readonly [string, string] {
  return [join(layout.root, 'handoff.prev'), join(layout.views, '.handoff.prev')];
}
