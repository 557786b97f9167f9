import type { Candidate } from '../../core/candidates.ts';
import { byPath } from '../../core/conflict-type.ts';
import type { CommitId } from '../../core/ids.ts';
import { withoutLabel } from '../../core/overlap.ts';
import { reachable } from '../../core/unlanded.ts';
import type { CleanRoom } from '../../git/clean-room.ts';
import { treeChanges, type TreeChange } from '../../git/diff.ts';
import { mergeTree, type ConflictedTree } from '../../git/merge-tree.ts';
import { resolveCommit } from '../../git/refs.ts';
import type { Workspace } from '../workspace.ts';
import { mergePoint } from './merge-point.ts';
import { mergeBasis, type RunSnapshot } from './snapshot.ts';

/** A merge of the target into a branch that git had stopped on, and what git had made of it. */
export interface SettlingMerge {
  readonly merge: CommitId;
  /** The branch before it. */
  readonly own: CommitId;
  readonly automatic: ConflictedTree;
}

/** The merges of a branch, not landed yet, in which its agent settled conflicts; each is made again. None where no conflict was ever recorded for it. */
export async function settlingMerges(workspace: Workspace, room: CleanRoom, snapshot: RunSnapshot, { agent, tip }: Pick<Candidate, 'agent' | 'tip'>): Promise<SettlingMerge[]> {
  if (![...workspace.ledger.conflicts.values()].some((conflict) => conflict.agent === agent)) return [];
  const { graph } = snapshot;
  const merges = reachable(graph, [tip]).filter(({ parents }) => parents.length === 2 && parents[1] !== undefined && !graph.has(parents[1]));
  const found: SettlingMerge[] = [];
  for (const { id, parents: [own, target] } of merges) {
    if (own === undefined || target === undefined) continue;
    const automatic = await remade(workspace, room, snapshot, { agent, own, target });
    if (automatic !== null) found.push({ merge: id, own, automatic });
  }
  return found;
}

/** One such merge by its id, landed or not; null where its commits are gone, or git does not stop on it. */
export async function settlingMerge(workspace: Workspace, room: CleanRoom, snapshot: RunSnapshot, { agent, merge }: { agent: Candidate['agent']; merge: CommitId }): Promise<SettlingMerge | null> {
  const [own, target] = await Promise.all([1, 2].map((parent) => resolveCommit(workspace.git, `${merge}^${parent}`)));
  if (own == null || target == null) return null;
  const automatic = await remade(workspace, room, snapshot, { agent, own, target });
  return automatic === null ? null : { merge, own, automatic };
}

async function remade({ git }: Workspace, room: CleanRoom, snapshot: RunSnapshot, { agent, own, target }: { agent: Candidate['agent']; own: CommitId; target: CommitId }): Promise<ConflictedTree | null> {
  const basis = await mergeBasis(git, snapshot, agent, own);
  const automatic = await mergeTree(room, await mergePoint(git, target, basis), own, { allowUnrelated: true });
  return automatic.kind === 'conflicted' ? automatic : null;
}

/**
 * What a merge has at other than git's automatic merge, without what is in conflict as a whole: that lies there as one side had
 * it, or nowhere. Of a file whose lines are in conflict the automatic version has the room's markers.
 */
export async function changesBeside(room: CleanRoom, { merge, automatic: { tree, stages, labels } }: SettlingMerge): Promise<TreeChange[]> {
  const at = byPath(stages.map((stage) => ({ ...stage, path: withoutLabel(stage.path, labels) })));
  const blobs = new Set<string>(stages.map(({ blob }) => blob));
  // What git put aside lies at a name of git's making; elsewhere the content of a version is there by chance.
  const aside = new Set(stages.map(({ path }) => path));
  return (await treeChanges(room, tree, merge)).filter(({ path, status, oldBlob }) => {
    const own = at.get(path);
    if (own === undefined) return !aside.has(path);
    return status !== 'A' && !blobs.has(oldBlob) && ([2, 3] as const).every((side) => own.some(({ stage }) => stage === side));
  });
}
