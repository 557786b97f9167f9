import type { OtherSide } from './events.ts';
import type { AgentId, CommitId, RepoPath } from './ids.ts';

/**
 * What two pieces of work collide on. structural: a path that one deleted, renamed, or made something else; content: the
 * same lines; adjacent: lines side by side, on which git stops as well; mechanical: a file that is made rather than
 * written; advisory: the same file, merged by git.
 */
export type OverlapLevel = 'structural' | 'content' | 'adjacent' | 'mechanical' | 'advisory';

/** One side of an overlap: an agent, or the target, with the commit in which it has its change; null while it is uncommitted. */
export interface OverlapSide {
  /** Null for the target. */
  readonly agent: AgentId | null;
  readonly commit: CommitId | null;
}

/** What to do about an overlap; the target's name is not known here. */
export type Advice =
  /** `agent` leaves these lines alone until `behind` has landed, and syncs then. */
  | { readonly kind: 'wait'; readonly agent: AgentId; readonly behind: AgentId }
  /** Both are at it right now: `from` leaves it to `to`. */
  | { readonly kind: 'hand-over'; readonly from: AgentId; readonly to: AgentId }
  /** `agent` merges the target once `after` has landed (null: now), and settles it there. */
  | { readonly kind: 'sync'; readonly agent: AgentId; readonly after: AgentId | null };

/** One path, for lines one place of it, on which two sides meet. */
export interface OverlapFacts {
  readonly id: string;
  readonly path: RepoPath;
  readonly level: OverlapLevel;
  /** What git makes of it. */
  readonly verdict: 'conflict' | 'clean';
  /** Git's name for it: `contents`, `modify/delete`, …; `merged` where it stops on nothing. */
  readonly type: string;
  /** Lines of the base, 1-based, half-open; null where it is not about lines, or where they cannot be told. */
  readonly lines: readonly [number, number] | null;
  readonly sides: readonly [OverlapSide, OverlapSide];
  /** Who last wrote the lines that they meet on; null where nobody asked. */
  readonly owner: OtherSide | null;
  readonly advice: Advice | null;
}
