import type { Candidate } from '../../core/candidates.ts';
import type { CommitId, TreeId } from '../../core/ids.ts';
import type { LandedAgent } from '../../core/events.ts';
import { withTrailerLine } from '../../core/trailer.ts';
import { tipsThatDecide } from '../../git/attributes-folder.ts';
import { commitsBetween, commitTree, isAncestor } from '../../git/commits.ts';
import type { DriverUse } from '../../git/merge-drivers.ts';
import { mergeTree } from '../../git/merge-tree.ts';
import type { ConflictedMerge } from './conflicted-merge.ts';
import { stackDisjoint } from './disjoint-stack.ts';
import type { StackInput } from './stack-input.ts';
import { mergeMessage, squashMessage, withSettled } from './landing-message.ts';
import { doing } from '../context.ts';
import { mergePoint } from './merge-point.ts';
import { settleMerge, type SettledPlace } from './settled-merge.ts';
import { replay } from './replay.ts';

/** A conflicted merge that recorded resolutions do not settle, with those of its conflicts that they would. */
export interface UnsettledMerge extends ConflictedMerge {
  readonly settled: readonly SettledPlace[];
}

/** The target with the good branches on top, in memory: commits that no ref points at yet. */
export interface Stack {
  readonly base: CommitId;
  readonly top: CommitId;
  readonly landed: readonly LandedAgent[];
  readonly conflicted: readonly UnsettledMerge[];
  readonly unrelated: readonly Candidate[];
  /** Branches that only a merge driver which may not run here could merge. */
  readonly needsDriver: readonly { readonly candidate: Candidate; readonly uses: readonly DriverUse[] }[];
  /** Branches that `ff` could not take. */
  readonly notFastForward: readonly Candidate[];
}

/** The target with nothing on top. */
export function emptyStack(base: CommitId): Stack {
  return { base, top: base, landed: [], conflicted: [], unrelated: [], needsDriver: [], notFastForward: [] };
}

/** Merges the candidates one after another, each onto what was merged before it; a conflict leaves only its branch out. */
export async function buildStack(input: StackInput): Promise<Stack> {
  const landed: LandedAgent[] = [...await stackDisjoint(input)];
  let top = landed.at(-1)?.commit ?? input.base;
  const conflicted: UnsettledMerge[] = [];
  const unrelated: Candidate[] = [];
  const notFastForward: Candidate[] = [];
  const needsDriver: Stack['needsDriver'][number][] = [];
  const rest = input.candidates.slice(landed.length);
  const decide = await tipsThatDecide(input.room, input.base, rest.map(({ tip }) => tip));
  let room = input.room;
  for (const candidate of rest) {
    if (input.strategy === 'ff') {
      if (landed.length === 0 && await isAncestor(input.workspace.git, top, candidate.tip)) {
        top = candidate.tip;
        landed.push({ agent: candidate.agent, branch: candidate.branch, tip: candidate.tip, commit: top });
      } else notFastForward.push(candidate);
      continue;
    }
    const ours = await mergePoint(input.workspace.git, top, input.bases.get(candidate.agent));
    const merged = await mergeTree(room, ours, candidate.tip, { allowUnrelated: input.allowUnrelated });
    if (merged.kind === 'unrelated') unrelated.push(candidate);
    else if (merged.kind === 'needs-driver') needsDriver.push({ candidate, uses: merged.uses });
    else {
      const merge = merged.kind === 'conflicted' ? { ...merged, candidate, onto: top } : null;
      const { tree, settled } = merge === null ? { tree: merged.tree, settled: [] } : await settleMerge(input.workspace, merge, input.target);
      if (tree === null) {
        if (merge !== null) conflicted.push({ ...merge, settled });
        continue;
      }
      top = await commitMerged({ ...input, room }, top, { candidate, tree, settled });
      landed.push({ agent: candidate.agent, branch: candidate.branch, tip: candidate.tip, commit: top, ...(settled.length === 0 ? {} : { settled: [...new Set(settled.map(({ id }) => id))] }) });
      // What is merged next is merged by the attributes that this one brought, as git merge would in a worktree.
      if (room !== input.room || decide.has(candidate.tip)) room = await input.room.withAttributesOf(top);
    }
  }
  return { base: input.base, top, landed, conflicted, unrelated, needsDriver, notFastForward };
}

/** What a candidate is merged to. */
interface Merged {
  readonly candidate: Candidate;
  readonly tree: TreeId;
  /** What recorded resolutions settled in it. */
  readonly settled: readonly SettledPlace[];
}

/** What goes on top for a candidate: its merge, one commit, or its commits made anew. */
async function commitMerged(input: StackInput, top: CommitId, merged: Merged): Promise<CommitId> {
  const { candidate, tree, settled } = merged;
  switch (input.strategy) {
    case 'merge':
    case 'ff': return commitWith(input, { tree, parents: [top, candidate.tip], message: withSettled(mergeMessage(candidate, input.target), merged, input.target) });
    case 'squash': return commitSquashed(input, top, merged);
    case 'rebase': {
      if (settled.length > 0) {
        doing(input.workspace.context, `${candidate.agent}: a recorded resolution settles the branch as a whole, not its commits one by one: landed as one commit`);
        return commitSquashed(input, top, merged);
      }
      if (await isStraightOnTop(input, top, candidate)) return candidate.tip;
      const replayed = await replay(input, top, candidate, tree);
      if (replayed !== null) return replayed;
      doing(input.workspace.context, `${candidate.agent}: its commits do not apply one by one, though their sum does: landed as one commit`);
      return commitSquashed(input, top, merged);
    }
  }
}

async function commitSquashed(input: StackInput, top: CommitId, merged: Merged): Promise<CommitId> {
  const { candidate, tree } = merged;
  const message = await squashMessage(input.workspace.git, candidate, [input.base, ...without(input.bases.get(candidate.agent)?.landed)]);
  return commitWith(input, { tree, parents: [top], message: withSettled(message, merged, input.target) });
}

async function commitWith(input: StackInput, commit: { tree: TreeId; parents: readonly CommitId[]; message: string }): Promise<CommitId> {
  const message = input.signoff === null ? commit.message : withTrailerLine(commit.message, `Signed-off-by: ${input.signoff}`);
  return commitTree(input.workspace.git, { ...commit, message, sign: input.sign });
}

/** Whether the branch goes on from `top` without a merge, so that its commits can stay as they are. */
async function isStraightOnTop(input: StackInput, top: CommitId, candidate: Candidate): Promise<boolean> {
  if (input.signoff !== null || !(await isAncestor(input.workspace.git, top, candidate.tip))) return false;
  return (await commitsBetween(input.workspace.git, [candidate.tip], [top])).every((commit) => commit.parents.length === 1);
}

function without(id: CommitId | undefined): CommitId[] {
  return id === undefined ? [] : [id];
}
