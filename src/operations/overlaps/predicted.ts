import type { OverlapFacts } from '../../core/overlap-facts.ts';
import { refreshViews } from '../refresh-views.ts';
import { refreshed, type Workspace } from '../workspace.ts';

/** Writes what would conflict to the journal and so to conflicts.log, each once; gives how many were new. */
export async function recordPredicted(workspace: Workspace, overlaps: readonly OverlapFacts[]): Promise<number> {
  const added = appendPredicted(workspace, overlaps);
  await refreshViews(refreshed(workspace));
  return added;
}

/** The same to the journal alone; conflicts.log follows with the next refresh. */
export function appendPredicted({ journal, ledger }: Workspace, overlaps: readonly OverlapFacts[]): number {
  const fresh = overlaps.filter(({ id, verdict }) => verdict === 'conflict' && !ledger.overlaps.has(id));
  journal.append(...fresh.map((overlap) => ({ kind: 'overlap' as const, ...overlap })));
  return fresh.length;
}
