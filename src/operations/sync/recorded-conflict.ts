import type { AgentId } from '../../core/ids.ts';
import { resolutionOf } from '../../core/ledger.ts';
import { openConflicts, recordConflicts } from '../integrate/record.ts';
import { conflictFacts } from '../integrate/conflict-facts.ts';
import { mergeNow } from '../conflicts/judge.ts';
import { openMergeRoom } from '../merge-room.ts';
import { refreshed, type Workspace } from '../workspace.ts';
import { requireSnapshot } from './predict.ts';

/** What there is to settle where a sync would stop. */
export interface ToSettle {
  /** The id of an open conflict with the target that is recorded for the branch; null for none. */
  readonly conflict: string | null;
  /** Whether that conflict, and any other of the branch, is settled: a landing takes it, no merge in the worktree. */
  readonly settled: boolean;
  /** A merge would not stop: only replaying the branch's commits does. */
  readonly mergesCleanly: boolean;
}

/**
 * The conflict of a branch with the target, recorded where it is not yet and `record` says so: what git stops on is the same as
 * `integrate` would meet. Its agent is not handed it, who synced knows. The workspace's conflicts are judged.
 */
export async function recordedConflict(workspace: Workspace, agent: AgentId, record: boolean): Promise<ToSettle> {
  const { git, ledger, target } = workspace;
  const open = openConflicts(workspace, target, agent);
  const unsettled = open.find(({ id }) => resolutionOf(ledger, id) === undefined);
  const known = unsettled ?? open[0];
  if (known !== undefined) return { conflict: known.id, settled: unsettled === undefined, mergesCleanly: false };
  const snapshot = await requireSnapshot(workspace);
  const now = await mergeNow(workspace, await openMergeRoom(workspace, snapshot.targetTip), snapshot, agent);
  if (now.kind !== 'conflicted' || !record) return { conflict: null, settled: false, mergesCleanly: now.kind === 'clean' };
  await recordConflicts(workspace, target, await conflictFacts(git, now.merge, { target, ledger, stacked: [] }), false);
  return { conflict: openConflicts(refreshed(workspace), target, agent)[0]?.id ?? null, settled: false, mergesCleanly: false };
}
