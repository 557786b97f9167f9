import type { Candidate } from '../../core/candidates.ts';
import { markerLines } from '../../core/conflict-markers.ts';
import type { CommitId, RepoPath } from '../../core/ids.ts';
import { targetOf } from '../../core/ledger.ts';
import { bytesOf } from '../../core/text.ts';
import { blobHunks } from '../../git/blob-hunks.ts';
import { treeChanges } from '../../git/diff.ts';
import { readObject } from '../../git/objects.ts';
import type { Workspace } from '../workspace.ts';

/** A line of a branch that is a conflict marker of ours. */
export interface MarkerPlace {
  readonly path: RepoPath;
  /** 1-based. */
  readonly line: number;
}

/**
 * The markers of `conflicts resolve` that a branch has committed: in a path of a conflict recorded for it, and not on the
 * target at that place, as in a document that shows some.
 */
export async function unsettledMarkers(workspace: Workspace, targetTip: CommitId, { agent, tip }: Candidate): Promise<MarkerPlace[]> {
  const { git, ledger } = workspace;
  const conflicts = [...ledger.conflicts.values()].filter((conflict) => conflict.agent === agent);
  if (conflicts.length === 0) return [];
  const places: MarkerPlace[] = [];
  for (const { path, status, oldBlob, newBlob } of await treeChanges(git, targetTip, tip)) {
    const met = conflicts.filter((conflict) => conflict.path === path);
    if (met.length === 0 || status === 'D') continue;
    const text = (await readObject(git, newBlob))?.toString('latin1') ?? '';
    const lines = markerLines(text, [agent, ...met.map((conflict) => bytesOf(targetOf(conflict, workspace.target)))]);
    if (lines.length === 0) continue;
    const own = status === 'A' ? null : await blobHunks(git, oldBlob, newBlob);
    const isOwn = (line: number): boolean => own === null || own.some(({ newStart, newEnd }) => newStart <= line && line < newEnd);
    places.push(...lines.filter(isOwn).map((line) => ({ path, line })));
  }
  return places;
}
