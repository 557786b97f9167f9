import type { AgentId, CommitId } from './ids.ts';

/** What is known of one agent when a run begins. */
export interface AgentSnapshot {
  readonly agent: AgentId;
  /** The recorded branch, short name. */
  readonly branch: string;
  /** The branch's tip; null where the branch is gone. */
  readonly tip: CommitId | null;
  /** Commits that are neither in the target nor landed from this branch otherwise. */
  readonly ahead: number;
  /** Committer time of the first of them, seconds. */
  readonly firstCommitTime: number;
  readonly ready: boolean;
  /** Where the worktree is: on the branch, elsewhere, or gone. */
  readonly worktree: 'on-branch' | 'detached' | 'missing' | { readonly onBranch: string };
  /** A merge, rebase or the like that the worktree is in the middle of. */
  readonly underWay: string | null;
  /** Ids of landings that the branch builds on and that were taken back. */
  readonly onUndone: readonly string[];
  /** The landing that took just this tip and was taken back; null where there is none. */
  readonly undoneAs: string | null;
  /** A remote's target that holds its newest landing, which the target here lacks; null where there is none. */
  readonly landedThere: string | null;
}

export interface Candidate {
  readonly agent: AgentId;
  readonly branch: string;
  readonly tip: CommitId;
  readonly commits: number;
}

/** Why an agent's branch is not part of a run. */
export type OutReason =
  | { readonly kind: 'nothing-to-land' }
  | { readonly kind: 'branch-missing' }
  | { readonly kind: 'not-ready' }
  | { readonly kind: 'elsewhere'; readonly branch: string }
  | { readonly kind: 'detached' }
  | { readonly kind: 'under-way'; readonly operation: string }
  | { readonly kind: 'uncommitted'; readonly files: number }
  | { readonly kind: 'landed-there'; readonly remote: string }
  | { readonly kind: 'undone'; readonly landing: string }
  | { readonly kind: 'on-undone'; readonly landings: readonly string[] };

export interface Selection {
  /** In the order of landing. */
  readonly candidates: readonly Candidate[];
  readonly out: readonly { readonly agent: AgentId; readonly branch: string; readonly reason: OutReason }[];
}

/** What else decides who takes part. */
export interface SelectionInput {
  /** Leave for branches that build on landings that were taken back. */
  readonly withUndone?: boolean;
  /** How many tracked files have uncommitted changes in an agent's worktree; none where left out. */
  readonly changedFiles?: ReadonlyMap<AgentId, number>;
}

/** Whether uncommitted changes keep a branch out: where no agent is named, and none with something to land is marked ready. */
export function mustBeQuiet(snapshots: readonly AgentSnapshot[], named: readonly AgentId[]): boolean {
  return named.length === 0 && !snapshots.some((snapshot) => snapshot.ready && snapshot.ahead > 0);
}

/**
 * Chooses and orders the branches of a run. Named agents come as named, their committed work taken whatever their
 * worktree holds; else those marked ready; where none is, all whose worktree is quiet. Unnamed ones are ordered by the
 * time of their first commit, then by name. Branches that build on landings that were taken back need leave.
 */
export function selectCandidates(snapshots: readonly AgentSnapshot[], named: readonly AgentId[], { withUndone = false, changedFiles = new Map() }: SelectionInput = {}): Selection {
  const chosen = named.length > 0 ? named.flatMap((agent) => snapshots.filter((snapshot) => snapshot.agent === agent)) : [...snapshots].sort(byFirstCommit);
  const onlyReady = named.length === 0 && !mustBeQuiet(snapshots, named);
  const candidates: Candidate[] = [];
  const out: Selection['out'][number][] = [];
  for (const snapshot of chosen) {
    const reason = reasonToStayOut(snapshot, named.length > 0, onlyReady, changedFiles.get(snapshot.agent) ?? 0) ?? (withUndone || snapshot.onUndone.length === 0 ? null : { kind: 'on-undone' as const, landings: snapshot.onUndone });
    if (reason !== null) out.push({ agent: snapshot.agent, branch: snapshot.branch, reason });
    else if (snapshot.tip !== null) candidates.push({ agent: snapshot.agent, branch: snapshot.branch, tip: snapshot.tip, commits: snapshot.ahead });
  }
  return { candidates, out };
}

function reasonToStayOut(snapshot: AgentSnapshot, named: boolean, onlyReady: boolean, changedFiles: number): OutReason | null {
  if (snapshot.tip === null) return { kind: 'branch-missing' };
  if (!named && typeof snapshot.worktree === 'object') return { kind: 'elsewhere', branch: snapshot.worktree.onBranch };
  if (!named && snapshot.worktree === 'detached' && snapshot.underWay === null) return { kind: 'detached' };
  if (snapshot.ahead === 0) return { kind: 'nothing-to-land' };
  if (snapshot.landedThere !== null) return { kind: 'landed-there', remote: snapshot.landedThere };
  if (named || (onlyReady && snapshot.ready)) return null;
  if (onlyReady) return { kind: 'not-ready' };
  if (snapshot.undoneAs !== null && !snapshot.ready) return { kind: 'undone', landing: snapshot.undoneAs };
  if (snapshot.underWay !== null) return { kind: 'under-way', operation: snapshot.underWay };
  return changedFiles > 0 ? { kind: 'uncommitted', files: changedFiles } : null;
}

function byFirstCommit(a: AgentSnapshot, b: AgentSnapshot): number {
  return a.firstCommitTime - b.firstCommitTime || (a.agent < b.agent ? -1 : 1);
}
