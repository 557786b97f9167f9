import { refusal } from '../../core/errors.ts';
import { dropResolution, keptResolutions, type KeptResolution } from '../../state/resolutions.ts';
import { failpoint } from '../../process/failpoint.ts';
import { callerName } from '../caller.ts';
import type { Context } from '../context.ts';
import { refreshViews } from '../refresh-views.ts';
import { refreshed } from '../workspace.ts';
import { handBackAgain } from '../integrate/record.ts';
import { conflictIn, entryOf, judged, type ConflictEntry } from './list.ts';

export interface Dropped {
  /** As it is now. */
  readonly entry: ConflictEntry;
  readonly resolution: KeptResolution;
}

/** Takes back how a conflict is settled: it is open again. The resolution stays reachable. Errors: those of `findConflict`, `no-resolution`. */
export async function dropKept(context: Context, id: string): Promise<Dropped> {
  const workspace = await judged(context);
  const by = callerName(workspace);
  const conflict = conflictIn(workspace, id);
  const resolution = (await keptResolutions(workspace.git)).get(conflict.id);
  if (resolution === undefined || !(await dropResolution(workspace.git, resolution))) {
    throw refusal('no-resolution', `no resolution of conflict ${conflict.id} is kept`, 'aiteam conflicts');
  }
  failpoint('resolution-taken-back');
  workspace.journal.append({ kind: 'resolution-dropped', id: conflict.id, by });
  const dropped = refreshed(workspace);
  const entry = entryOf(dropped, conflict);
  if (conflict.closed === null) handBackAgain(dropped, conflict, entry.target, resolution.commit);
  await refreshViews(refreshed(dropped));
  return { entry, resolution };
}
