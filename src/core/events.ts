import type { ClientEvent } from './client-events.ts';
import type { AgentId, BlobId, CommitId, RepoPath, TreeId } from './ids.ts';
import type { OverlapFacts } from './overlap-facts.ts';
import type { SyncWay } from './sync.ts';
import type { Side } from './take.ts';

/** Where a conflict stands: what a reader calls the other side's owner. */
export type OtherSide =
  | { readonly kind: 'agent'; readonly agent: AgentId; readonly commit: CommitId }
  | { readonly kind: 'human'; readonly commit: CommitId }
  | { readonly kind: 'unknown' };

export type ConflictLevel = 'structural' | 'content';

/** One conflict as `integrate` met it: one path, for content one hunk, of one branch. */
export interface ConflictFacts {
  readonly id: string;
  readonly agent: AgentId;
  /** The branch that was landed on; left out in older records, which are all of the configured target. */
  readonly target?: string;
  readonly path: RepoPath;
  readonly level: ConflictLevel;
  /** Git's name for it: `contents`, `modify/delete`, `binary`, … */
  readonly type: string;
  /** Lines of the base, 1-based, half-open; null where the conflict is not about lines. */
  readonly lines: readonly [number, number] | null;
  readonly base: CommitId | null;
  readonly tip: CommitId;
  /** What the branch was merged onto: the target, or the stack so far. */
  readonly onto: CommitId;
  readonly other: OtherSide;
  /** The lines of the hunk on each side, bytes (latin1), at most `EXCERPT_LINES` each; null where the conflict is not about lines. */
  readonly excerpt: Excerpt | null;
  /** The file's modes, where its lines are in conflict and these are too: they come with the lines. */
  readonly modes?: { readonly target: string; readonly agent: string };
  /** What each side has at the path, where the conflict is not about lines. */
  readonly sides?: Sides;
}

/** Base, target and branch at one path; null where it has nothing there. */
export interface Sides {
  readonly base: Version | null;
  readonly onto: Version | null;
  readonly tip: Version | null;
  /** Both sides renamed it, and changed the same lines too: those come with the name. */
  readonly linesToo?: true;
}

export interface Version {
  /** As in a tree: `100644`, `100755`, `120000` a link, `160000` a submodule. */
  readonly mode: string;
  readonly blob: BlobId;
  /** Bytes; null where the object is not here, as a submodule's. */
  readonly size: number | null;
  /** Where a link leads, bytes (latin1); null for anything else. */
  readonly link: string | null;
  /** The name that it has there, where both sides renamed it. */
  readonly path?: RepoPath;
}

export interface Excerpt {
  readonly base: readonly string[];
  readonly onto: readonly string[];
  readonly tip: readonly string[];
}

export const EXCERPT_LINES = 20;

/** A conflict settled by taking sides, without any checkout. */
export interface ResolutionFacts {
  /** The conflict's. */
  readonly id: string;
  readonly take: readonly Side[];
  /** Who took them: an agent, or `human`. */
  readonly by: string;
  /** The commit below `refs/aiteam/resolutions/` that holds it. */
  readonly commit: CommitId;
}

/** How much a merge that settled conflicts has changed beyond git's automatic merge. */
export interface BeyondCount {
  readonly merge: CommitId;
  readonly files: number;
  /** Removed and added ones together. */
  readonly lines: number;
}

export type Strategy = 'merge' | 'squash' | 'rebase' | 'ff';

/** What a landing took of one agent. */
export interface LandedAgent {
  readonly agent: AgentId;
  readonly branch: string;
  /** The branch's tip that was landed. */
  readonly tip: CommitId;
  /** The commit on the target that holds it. */
  readonly commit: CommitId;
  /** The ids of the conflicts that recorded resolutions settled in it; left out where there was none. */
  readonly settled?: readonly string[];
}

/** One compare-and-swap of the target. */
export interface LandingFacts {
  readonly id: string;
  /** The branch that was landed on. */
  readonly target: string;
  readonly old: CommitId;
  readonly new: CommitId;
  /** `found`: it came there otherwise, as by a merge on a server. */
  readonly strategy: Strategy | 'found';
  readonly agents: readonly LandedAgent[];
  /** The names of the gates that it passed. */
  readonly gates: readonly string[];
}

/** A movement of the target taken back. */
export interface UndoFacts {
  readonly id: string;
  /** The id of the landing or undo that is taken back. */
  readonly undoes: string;
  readonly target: string;
  readonly old: CommitId;
  readonly new: CommitId;
  /** `moved-back`: the target went back to where it was. `reverted`: a commit on top takes the change back. */
  readonly how: 'moved-back' | 'reverted';
}

/** The target brought into an agent's branch and worktree. */
export interface SyncFacts {
  readonly agent: AgentId;
  readonly target: string;
  readonly way: SyncWay;
  /** The branch's tip before and after. */
  readonly old: CommitId;
  readonly new: CommitId;
  /** The target's tip. */
  readonly onto: CommitId;
  /** The commits that were made for it. */
  readonly commits: readonly CommitId[];
}

export type GateVerdict = 'passed' | 'failed' | 'could-not-run';

/** Who hands which work to whom. */
export interface HandoffText {
  /** An agent's id, `main` for the coordinator, or `human`. */
  readonly from: string;
  readonly to: string;
  readonly task: string;
  readonly context: string | null;
  /** Each a path, or a path with lines: `src/parser.ts:10-20`. */
  readonly files: readonly string[];
  readonly notes: string | null;
}

export interface HandoffFacts extends HandoffText {
  /** Derived from its content, so that amend, rebase and cherry-pick do not repeat it. */
  readonly id: string;
  readonly commit: CommitId | null;
  /** False for an entry that somebody wrote into handoff.md by hand. */
  readonly verified: boolean;
}

/** How a handoff ended: taken by whom it went to, turned down, or over otherwise, as by a landing. */
export type HandoffEnd = 'accepted' | 'declined' | 'closed';

/** What happened, as the journal keeps it. Hooks write `commit` and `rewrite` only. */
export type Event =
  | { readonly kind: 'agent-added'; readonly agent: AgentId; readonly branch: string; readonly worktree: string; readonly role: string | null }
  | { readonly kind: 'agent-removed'; readonly agent: AgentId; readonly branch: string; readonly tip: CommitId | null }
  | { readonly kind: 'branch-set'; readonly agent: AgentId; readonly branch: string }
  | { readonly kind: 'moved'; readonly agent: AgentId; readonly worktree: string }
  | { readonly kind: 'task'; readonly agent: AgentId; readonly task: string | null; readonly files: readonly string[] }
  | { readonly kind: 'ready'; readonly agent: AgentId; readonly tip: CommitId }
  | { readonly kind: 'unready'; readonly agent: AgentId }
  | { readonly kind: 'commit'; readonly agent: AgentId; readonly id: CommitId; readonly unrecorded?: true }
  | { readonly kind: 'rewrite'; readonly agent: AgentId; readonly old: CommitId; readonly id: CommitId }
  | { readonly kind: 'walked'; readonly agent: AgentId; readonly tip: CommitId }
  | ({ readonly kind: 'handoff' } & HandoffFacts)
  | { readonly kind: 'handoff-closed'; readonly id: string; readonly by: string; readonly how: HandoffEnd; readonly why: string | null }
  | ({ readonly kind: 'landing' } & LandingFacts)
  | ({ readonly kind: 'undo' } & UndoFacts)
  | ({ readonly kind: 'synced' } & SyncFacts)
  | { readonly kind: 'gate'; readonly key: string; readonly name: string; readonly tree: TreeId; readonly verdict: GateVerdict; readonly ms: number }
  | ({ readonly kind: 'conflict' } & ConflictFacts)
  | ({ readonly kind: 'resolution' } & ResolutionFacts)
  | { readonly kind: 'resolution-dropped'; readonly id: string; readonly by: string }
  /** `merged`: the tip in which its agent has merged the other side; left out where that is not how it went. `beyond`: left out where there is nothing. */
  | { readonly kind: 'conflict-closed'; readonly id: string; readonly how: 'landed' | 'gone'; readonly merged?: CommitId; readonly beyond?: BeyondCount }
  | { readonly kind: 'lock'; readonly holder: string; readonly patterns: readonly string[]; readonly until: number; readonly why: string | null }
  | { readonly kind: 'unlock'; readonly holder: string; readonly patterns: readonly string[]; readonly by: string }
  /** What the radar foresaw, once each. */
  | ({ readonly kind: 'overlap' } & OverlapFacts)
  | ClientEvent
  | { readonly kind: 'trashed'; readonly id: string; readonly agent: AgentId | null; readonly what: string }
  /** Something that somebody should look at, such as a handoff to nobody we know. */
  | { readonly kind: 'warning'; readonly agent: AgentId; readonly commit: CommitId; readonly message: string };

/** An event with its place in the journal. */
export type JournalRecord = Event & {
  /** Epoch milliseconds; whole seconds where a hook wrote it. */
  readonly at: number;
  /** The file that it was written to: one a worktree's hooks, one a process. */
  readonly writer: string;
  /** Its place in that file, from 0. */
  readonly seq: number;
};

/** Time, then writer, then sequence: the order in which people read the journal. No decision rests on it. */
export function byTime(a: JournalRecord, b: JournalRecord): number {
  return a.at - b.at || (a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : a.seq - b.seq);
}
