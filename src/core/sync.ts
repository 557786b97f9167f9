import type { AgentSnapshot } from './candidates.ts';
import type { CommitId, RepoPath } from './ids.ts';

/** How a branch got the target's commits; `fast-forward` where it had nothing of its own. */
export type SyncWay = 'merge' | 'rebase' | 'fast-forward';

/** Why a worktree is left as it is. */
export type StayReason =
  | { readonly kind: 'branch-missing' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'detached' }
  | { readonly kind: 'elsewhere'; readonly branch: string }
  | { readonly kind: 'checked-out-twice'; readonly worktree: string }
  | { readonly kind: 'under-way'; readonly operation: string }
  | { readonly kind: 'locked'; readonly lock: string }
  | { readonly kind: 'uncommitted'; readonly files: number }
  | { readonly kind: 'in-the-way'; readonly paths: readonly RepoPath[] }
  /** `commit` is the one that a rebase would stop at. */
  | { readonly kind: 'conflict'; readonly paths: readonly RepoPath[]; readonly commit: { readonly id: CommitId; readonly subject: string } | null }
  | { readonly kind: 'unrelated' }
  /** Git merges these paths with a driver that is not approved, or could not run. */
  | { readonly kind: 'needs-driver'; readonly paths: readonly RepoPath[] }
  /** It kept changing while it was to be moved. */
  | { readonly kind: 'changing' };

/** What is known of a worktree before it is moved. */
export interface WorktreeFacts {
  readonly place: AgentSnapshot['worktree'];
  /** Another worktree that has the same branch checked out. */
  readonly other: string | null;
  readonly underWay: string | null;
  /** The `index.lock` that some git process holds. */
  readonly lock: string | null;
  /** Tracked files with uncommitted changes. */
  readonly changedFiles: number;
}

/** Why a worktree must not be moved, whatever would come into it; null where it may. */
export function reasonToStay(facts: WorktreeFacts): StayReason | null {
  if (facts.place === 'missing') return { kind: 'missing' };
  // A rebase detaches HEAD: what is under way says more.
  if (facts.underWay !== null) return { kind: 'under-way', operation: facts.underWay };
  if (facts.place === 'detached') return { kind: 'detached' };
  if (typeof facts.place === 'object') return { kind: 'elsewhere', branch: facts.place.onBranch };
  if (facts.other !== null) return { kind: 'checked-out-twice', worktree: facts.other };
  if (facts.lock !== null) return { kind: 'locked', lock: facts.lock };
  return facts.changedFiles > 0 ? { kind: 'uncommitted', files: facts.changedFiles } : null;
}
