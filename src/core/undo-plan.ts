import type { CommitId } from './ids.ts';
import type { Movement } from './undo.ts';

/** What is known before a movement of the target is taken back. */
export interface UndoFacts {
  readonly movement: Movement;
  readonly targetTip: CommitId;
  /** Whether the target holds the movement's new commit. */
  readonly onTarget: boolean;
  /** What has taken it back already, by id; null where nothing has. */
  readonly undoneBy: string | null;
  /** The remote-tracking branches that hold the movement's new commit. */
  readonly pushedTo: readonly string[];
  /** Whether the target came by it otherwise, as by a merge on a server. */
  readonly found: boolean;
  /** Whether the movement itself is an undo that moved the target back. */
  readonly movedBack: boolean;
}

export type UndoPlan =
  /** The target goes back to where it was. */
  | { readonly kind: 'move-back' }
  /** A commit on top takes the change back. */
  | { readonly kind: 'revert'; readonly because: 'later-work' | 'pushed' }
  | { readonly kind: 'refuse'; readonly why: 'undone-already' | 'not-on-target' | 'land-again' | 'not-ours' };

/** Decides how a movement is taken back: never by moving back what somebody else may have, nor over later work. */
export function planUndo(facts: UndoFacts): UndoPlan {
  if (facts.found) return { kind: 'refuse', why: 'not-ours' };
  if (facts.undoneBy !== null) return { kind: 'refuse', why: 'undone-already' };
  const isNewest = facts.targetTip === facts.movement.new;
  // Going forward again rewrites nothing, whoever has it.
  if (facts.movedBack) return isNewest ? { kind: 'move-back' } : { kind: 'refuse', why: 'land-again' };
  if (!facts.onTarget) return { kind: 'refuse', why: 'not-on-target' };
  if (!isNewest) return { kind: 'revert', because: 'later-work' };
  return facts.pushedTo.length > 0 ? { kind: 'revert', because: 'pushed' } : { kind: 'move-back' };
}
