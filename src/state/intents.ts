import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../core/events.ts';
import type { AgentId, CommitId, RefName, RepoPath } from '../core/ids.ts';
import { namesIn, readIfThere, replaceFile } from './atomic-file.ts';
import type { Layout } from './layout.ts';

/** A worktree that is being made: enough to finish it after a kill, or to clear away what was made of it. */
export interface AddIntent {
  readonly kind: 'add';
  readonly agent: AgentId;
  readonly path: string;
  readonly branch: string;
  /** Where the branch is made; null where it existed. */
  readonly newBranch: CommitId | null;
  readonly role: string | null;
  /** Null leaves the agent's task as it is. */
  readonly task: string | null;
  /** Whether the folder was there, empty, before. */
  readonly folderWasThere: boolean;
  /** The folders that git kept for worktrees before. */
  readonly adminBefore: readonly string[];
}

/** A worktree that is being removed, with everything that must not be lost pinned already: enough to go through with it. */
export interface RemoveIntent {
  readonly kind: 'remove';
  readonly agent: AgentId;
  readonly path: string;
  /** The name that the folder gets first, beside itself: from then on the removal only goes forward. */
  readonly aside: string;
  readonly branch: string;
  readonly tip: CommitId | null;
  readonly deleteBranch: boolean;
  readonly trash: string;
  /** Ignored files to keep. */
  readonly keep: readonly RepoPath[];
  /** The worktree's own git directory. */
  readonly gitDir: string | null;
}

/** A worktree that is being brought up to date with the target: enough to complete it after a kill. */
export interface SyncIntent {
  readonly kind: 'sync';
  readonly agent: AgentId;
  readonly path: string;
  readonly gitDir: string;
  readonly branch: string;
  readonly old: CommitId;
  readonly new: CommitId;
  /** What stands in our `index.lock`. */
  readonly token: string;
  /** The trash entry that keeps the old tip; null where the new one builds on it. */
  readonly trash: string | null;
  /** What the journal gets once the branch has moved. */
  readonly events: readonly Event[];
}

/** Uncommitted work that is being put on an agent's shelf, or brought back from it: enough to complete it after a kill. */
export interface ShelfIntent {
  readonly kind: 'shelve' | 'unshelve';
  readonly agent: AgentId;
  readonly path: string;
  readonly gitDir: string;
  readonly branch: string;
  /** Files and index move from the one to the other. */
  readonly from: CommitId;
  readonly to: CommitId;
  /** What the index alone holds: before the work was shelved, or after it was brought back. */
  readonly staged: CommitId;
  readonly ref: RefName;
  readonly shelf: CommitId;
  /** What stands in our `index.lock`. */
  readonly token: string;
  /** The trash entry that keeps what was brought back; null while shelving. */
  readonly trash: string | null;
  /** Whether files and index are where they belong. */
  readonly done: boolean;
}

export type WorktreeIntent = AddIntent | RemoveIntent | SyncIntent | ShelfIntent;

export function writeIntent(layout: Layout, intent: WorktreeIntent): void {
  replaceFile(fileOf(layout, intent), `${JSON.stringify({ version: 1, ...intent })}\n`);
}

export function clearIntent(layout: Layout, intent: WorktreeIntent): void {
  rmSync(fileOf(layout, intent), { force: true });
}

/**
 * What earlier commands began and did not end. They are written and cleared with the `worktrees` mutex held: for
 * who holds it, these are of dead processes.
 */
export function readIntents(layout: Layout): WorktreeIntent[] {
  return namesIn(layout.intents).filter((name) => name.endsWith('.json')).flatMap((name) => {
    const text = readIfThere(join(layout.intents, name));
    return text === null ? [] : [JSON.parse(text) as WorktreeIntent];
  });
}

function fileOf(layout: Layout, intent: WorktreeIntent): string {
  return join(layout.intents, `${intent.kind}-${intent.agent}.json`);
}
