import type { OverlapFacts } from '../../core/events.ts';
import { refreshViews } from '../refresh-views.ts';
import { refreshed, type Workspace } from '../workspace.ts';

/** Writes what would conflict to the journal and so to conflicts.log, each once; gives how many were new. */
export async function recordPredicted(workspace: Workspace, overlaps: readonly OverlapFacts[]): Promise<number> {
  const fresh = overlaps.filter(({ id, verdict }) => verdict === 'conflict' && !workspace.ledger.overlaps.has(id));
  workspace.journal.append(...fresh.map((overlap) => ({ kind: 'overlap' as const, ...overlap })));
  await refreshViews(refreshed(workspace));
  return fresh.length;
}
