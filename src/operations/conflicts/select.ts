import { refusal, usageError } from '../../core/errors.ts';
import { presentAgents, type Conflict } from '../../core/ledger.ts';
import { bytesOf, escapeText, showPath, truncate } from '../../core/text.ts';
import { pathFromTop } from '../paths-here.ts';
import type { Workspace } from '../workspace.ts';
import { conflictIn, entryOf, isOpen, type ConflictEntry } from './list.ts';

/** Which conflicts are meant. */
export interface Selection {
  /** Ids, or agents for all of their branches' conflicts; none for everybody's, where a path is named. */
  readonly names: readonly string[];
  /** Only those at this path, as typed in the current folder; null for any. */
  readonly path: string | null;
}

/**
 * The open conflicts that are meant, each once. An agent's name goes before an id that begins so.
 * Errors: `which-conflict`, `unknown-conflict`, `ambiguous-conflict`, `conflict-over`, `no-conflict`, `path-outside`.
 */
export function selectConflicts(workspace: Workspace, { names, path }: Selection): ConflictEntry[] {
  requireSelection({ names, path });
  const found = names.length === 0 ? openOnes(workspace, () => true) : names.flatMap((name) => namedBy(workspace, name));
  const unique = [...new Map(found.map((entry) => [entry.conflict.id, entry])).values()];
  if (path === null) return unique;
  const typed = pathFromTop(workspace, path);
  const there = unique.filter(({ conflict: { path: own, sides } }) => [own, sides?.onto?.path, sides?.tip?.path].some((one) => one !== undefined && (one === bytesOf(typed) || showPath(one) === typed)));
  if (there.length === 0) throw refusal('no-conflict', `none of ${names.length === 0 ? 'the open conflicts' : 'these conflicts'} is in ${truncate(escapeText(typed), 80)}`, 'aiteam conflicts');
  return there;
}

/** Errors: `which-conflict` where nothing is selected. */
export function requireSelection({ names, path }: Selection): void {
  if (names.length === 0 && path === null) throw usageError('which-conflict', 'which conflict? give ids, an agent for all of its branch, or --path PATH', 'aiteam conflicts');
}

function namedBy(workspace: Workspace, name: string): ConflictEntry[] {
  const agent = presentAgents(workspace.ledger).find((one) => one.agent === name)?.agent;
  if (agent === undefined) return [openOne(workspace, name)];
  const own = openOnes(workspace, (conflict) => conflict.agent === agent);
  if (own.length === 0) throw refusal('no-conflict', `${agent}'s branch has no open conflict`, 'aiteam conflicts');
  return own;
}

function openOne(workspace: Workspace, id: string): ConflictEntry {
  const entry = entryOf(workspace, conflictIn(workspace, id));
  if (!isOpen(entry)) throw refusal('conflict-over', `conflict ${entry.conflict.id} is over: merging ${entry.conflict.agent}'s branch does not stop there any more`, 'aiteam conflicts');
  return entry;
}

function openOnes(workspace: Workspace, wanted: (conflict: Conflict) => boolean): ConflictEntry[] {
  return [...workspace.ledger.conflicts.values()].filter((conflict) => conflict.closed === null && wanted(conflict)).sort((a, b) => a.at - b.at).map((conflict) => entryOf(workspace, conflict));
}
