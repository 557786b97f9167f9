import type { AgentId, CommitId } from '../ids.ts';
import type { Conflict, Handoff, Landing, Predicted, Resolution } from '../ledger.ts';
import type { Lock } from '../locks.ts';

/** What the views are made from. */
export interface Team {
  readonly target: string;
  /** Present agents, by name. */
  readonly members: readonly Member[];
  /** Those that live. */
  readonly locks: readonly Lock[];
  readonly handoffs: readonly Handoff[];
  readonly conflicts: readonly Conflict[];
  /** How conflicts were settled by taking sides, dropped ones too. */
  readonly resolutions: readonly Resolution[];
  /** What the radar was asked to log. */
  readonly overlaps: readonly Predicted[];
  readonly landings: readonly Landing[];
}

/** One agent as the views show it. */
export interface Member {
  readonly agent: AgentId;
  readonly role: string | null;
  readonly task: string | null;
  /** Epoch milliseconds; 0 for no task yet. */
  readonly taskAt: number;
  readonly branch: string;
  /** The branch's tip; null where the branch is gone. */
  readonly tip: CommitId | null;
  readonly worktree: string;
  /** Its worktree exists, and it committed, ran or held a lock lately. */
  readonly active: boolean;
  /** The files that are its, as text: what its branch has changed and not landed, and what it was given. */
  readonly files: readonly string[];
}

/** How long after its last commit, run or lock an agent counts as active. */
export const ACTIVE_MS = 30 * 60_000;

/** Local time as `2026-01-15 10:30`, from epoch milliseconds. */
export type ShowTime = (at: number) => string;
