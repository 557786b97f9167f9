import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId, CommitId, RefName, RepoPath } from '../core/ids.ts';
import { namesIn, readIfThere, replaceFile } from './atomic-file.ts';
import type { Layout } from './layout.ts';

export interface TrashedFile {
  /** A folder ends in `/`. */
  readonly path: RepoPath;
  readonly bytes: number;
}

/** Something that was removed and can be brought back: its refs lie below `trashRefs(id)`, its files in `trashFiles`. */
export interface TrashEntry {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly agent: AgentId;
  readonly what: 'worktree' | 'half-made worktree' | 'rebased branch' | 'shelf';
  readonly branch: string;
  readonly tip: CommitId | null;
  /** Where the worktree was. */
  readonly worktree: string;
  readonly files: readonly TrashedFile[];
}

/** Makes the folder of a new entry; its id is the agent and the time, with a number behind where that is taken. */
export function newTrashId(layout: Layout, agent: AgentId, at: number): string {
  mkdirSync(layout.trash, { recursive: true });
  const stem = `${agent}-${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? stem : `${stem}-${count}`;
    try {
      mkdirSync(join(layout.trash, id));
      return id;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

export function writeTrashEntry(layout: Layout, entry: TrashEntry): void {
  replaceFile(entryFile(layout, entry.id), `${JSON.stringify({ version: 1, ...entry }, null, 2)}\n`);
}

/** The entries, oldest first. */
export function readTrash(layout: Layout): TrashEntry[] {
  return namesIn(layout.trash).flatMap((id) => {
    const text = readIfThere(entryFile(layout, id));
    return text === null ? [] : [JSON.parse(text) as TrashEntry];
  }).sort((a, b) => a.at - b.at);
}

/** Removes an entry's folder and the files in it for good. */
export function dropTrashEntry(layout: Layout, id: string): void {
  rmSync(join(layout.trash, id), { recursive: true, force: true });
}

/** The folder that holds an entry's files at their paths in the worktree. */
export function trashFiles(layout: Layout, id: string): string {
  return join(layout.trash, id, 'files');
}

/** The prefix of an entry's refs, or one of them. */
export function trashRef(id: string, name = ''): RefName {
  return `refs/aiteam/trash/${id}/${name}` as RefName;
}

function entryFile(layout: Layout, id: string): string {
  return join(layout.trash, id, 'entry.json');
}
