import type { Context } from '../context.ts';
import { beyondIn, type Beyond } from '../integrate/beyond.ts';
import { settlingMerge } from '../integrate/settling-merges.ts';
import { takeSnapshot } from '../integrate/snapshot.ts';
import { openMergeRoom } from '../merge-room.ts';
import { findConflict, type ConflictEntry } from './list.ts';

/** A conflict in full. */
export interface ShownConflict {
  readonly entry: ConflictEntry;
  /** What settling it has changed beyond git's automatic merge; null where that is nothing, or it was not settled in a merge. */
  readonly beyond: Beyond | null;
}

/** One conflict by its id or the beginning of it. Errors: those of `findConflict`. */
export async function showConflict(context: Context, id: string): Promise<ShownConflict> {
  const { workspace, entry } = await findConflict(context, id);
  const merge = entry.conflict.closed?.beyond?.merge;
  const snapshot = merge === undefined ? null : await takeSnapshot(workspace, entry.target);
  if (merge === undefined || snapshot === null) return { entry, beyond: null };
  const room = await openMergeRoom(workspace, snapshot.targetTip);
  const settled = await settlingMerge(workspace, room, snapshot, { agent: entry.conflict.agent, merge });
  const [beyond = null] = settled === null ? [] : await beyondIn(room, [settled], merge);
  return { entry, beyond };
}
