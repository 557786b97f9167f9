import type { AgentSnapshot } from '../../core/candidates.ts';
import { refusal } from '../../core/errors.ts';
import type { CommitId } from '../../core/ids.ts';
import type { AgentRecord } from '../../core/ledger.ts';
import type { StayReason, SyncWay } from '../../core/sync.ts';
import { decodeBytes } from '../../core/text.ts';
import { readCommits, type CommitContent } from '../../git/commit-content.ts';
import { commitTree, isAncestor, linearCommits, signsCommits } from '../../git/commits.ts';
import { equalCommits, wholeChange } from '../../git/equal-commits.ts';
import { mergeTree, pathsThatStop } from '../../git/merge-tree.ts';
import { replayCommits } from '../../git/replay.ts';
import { takeSnapshot, type RunSnapshot } from '../integrate/snapshot.ts';
import { mergePoint } from '../integrate/merge-point.ts';
import { openMergeRoom } from '../merge-room.ts';
import type { Workspace } from '../workspace.ts';

/** A commit that a rebase leaves out, because the target has its change already. */
export interface DroppedCommit {
  readonly id: CommitId;
  readonly subject: string;
}

/** What bringing the target into a branch would make of it. */
export type Prediction =
  | { readonly kind: 'stay'; readonly reason: StayReason }
  | {
    readonly kind: 'move'; readonly way: SyncWay; readonly old: CommitId; readonly new: CommitId; readonly onto: CommitId;
    /** The commits made for it, in the object store only. */
    readonly commits: readonly CommitId[];
    readonly dropped: readonly DroppedCommit[];
    /** Whether the new tip builds on the old one. */
    readonly keepsOld: boolean;
  };

/** The target and all branches as they are now. Errors: `target-missing`. */
export async function requireSnapshot(workspace: Workspace): Promise<RunSnapshot> {
  const snapshot = await takeSnapshot(workspace, workspace.target);
  if (snapshot === null) throw refusal('target-missing', `there is no branch "${workspace.target}"`, `git branch ${workspace.target} <commit>`);
  return snapshot;
}

/** Makes in the object store what a branch that lacks commits of the target would become; no ref and no worktree is touched. */
export async function predictSync(workspace: Workspace, snapshot: RunSnapshot, agent: AgentRecord, branch: Pick<AgentSnapshot, 'ahead' | 'onUndone'> & { readonly tip: CommitId }, rebase: boolean): Promise<Prediction> {
  const { git } = workspace;
  const { targetTip: onto } = snapshot;
  const old = branch.tip;
  const moved = { kind: 'move', old, onto, commits: [], dropped: [] } as const;
  if (branch.ahead === 0) return { ...moved, way: 'fast-forward', new: onto, keepsOld: await isAncestor(git, old, onto) };
  return rebase ? rebased(workspace, snapshot, agent, moved, undoneWork(workspace, agent, branch.onUndone)) : merged(workspace, snapshot, agent, moved);
}

type Moved = Pick<Prediction & { kind: 'move' }, 'kind' | 'old' | 'onto' | 'commits' | 'dropped'>;

/** The merge that git-merge(1) would make in the worktree, counted from what a squash has landed of the branch. */
async function merged(workspace: Workspace, snapshot: RunSnapshot, record: AgentRecord, moved: Moved): Promise<Prediction> {
  const { git, target } = workspace;
  const { old, onto } = moved;
  const room = await openMergeRoom(workspace, old);
  const result = await mergeTree(room, old, await mergePoint(git, onto, snapshot.bases.get(record.agent)));
  if (result.kind === 'unrelated') return { kind: 'stay', reason: { kind: 'unrelated' } };
  if (result.kind === 'conflicted') return { kind: 'stay', reason: { kind: 'conflict', paths: pathsThatStop(result), commit: null } };
  if (result.kind === 'needs-driver') return { kind: 'stay', reason: { kind: 'needs-driver', paths: pathsThatStop(result) } };
  const message = `Merge branch '${target}' into ${record.branch}\n`;
  const commit = await commitTree(git, { tree: result.tree, parents: [old, onto], message, sign: await signsCommits(git) });
  return { ...moved, way: 'merge', new: commit, commits: [commit], keepsOld: true };
}

/** What undone landings that the branch was synced with hold of others: replayed, it would be this agent's. */
function undoneWork({ ledger }: Workspace, { agent }: AgentRecord, landings: readonly string[]): CommitId[] {
  return landings.flatMap((id) => ledger.landings.get(id) ?? []).flatMap((landing) => [
    ...landing.agents.filter((landed) => landed.agent !== agent).map(({ tip }) => tip),
    // The branch's own commits are below a merge too; a squash or a rebase has made others of them.
    ...(landing.strategy === 'squash' || landing.strategy === 'rebase' ? [landing.new] : []),
  ]);
}

/** The branch's own commits anew on the target, without merges and without those whose change is there already. */
async function rebased(workspace: Workspace, snapshot: RunSnapshot, { agent }: AgentRecord, moved: Moved, undone: readonly CommitId[]): Promise<Prediction> {
  const { git } = workspace;
  const { old, onto } = moved;
  const landed = (snapshot.landed.get(agent)?.tips ?? []).filter((id) => snapshot.graph.has(id));
  const without = [snapshot.bases.get(agent)?.reverted ?? onto, ...landed, ...undone];
  const [own, equal, whole] = await Promise.all([linearCommits(git, old, without), equalCommits(git, onto, old), wholeChange(git, onto, old)]);
  const commits = await readCommits(git, own);
  const there = commits.filter(({ id }) => whole === 'squashed' || equal.has(id));
  const room = await openMergeRoom(workspace, onto);
  const result = await replayCommits(git, room, commits.filter((commit) => !there.includes(commit)), onto, await signsCommits(git));
  if (result.kind === 'conflicted') return { kind: 'stay', reason: { kind: 'conflict', paths: result.paths, commit: named(result.at) } };
  return { ...moved, way: 'rebase', new: result.tip, commits: result.made, dropped: [...there, ...result.dropped].map(named), keepsOld: false };
}

function named({ id, message }: CommitContent): DroppedCommit {
  return { id, subject: decodeBytes(message.trimStart().split('\n')[0] ?? '') };
}
