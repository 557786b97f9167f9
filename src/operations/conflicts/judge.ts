import type { Event } from '../../core/events.ts';
import type { AgentId } from '../../core/ids.ts';
import { placeOf } from '../../core/place.ts';
import { resolutionOf, targetOf, type Conflict } from '../../core/ledger.ts';
import type { CleanRoom } from '../../git/clean-room.ts';
import { isAncestor } from '../../git/commits.ts';
import { mergeTree } from '../../git/merge-tree.ts';
import { keptResolutions } from '../../state/resolutions.ts';
import { warn } from '../context.ts';
import { beyondCounts, beyondIn } from '../integrate/beyond.ts';
import { conflictedPaths } from '../integrate/conflict-places.ts';
import { mergePoint } from '../integrate/merge-point.ts';
import { handBacksOver, isAboutConflicts, unpinConflicts } from '../integrate/record.ts';
import { settlingMerges } from '../integrate/settling-merges.ts';
import { takeSnapshot, type RunSnapshot } from '../integrate/snapshot.ts';
import type { ConflictedMerge } from '../integrate/conflicted-merge.ts';
import { openMergeRoom } from '../merge-room.ts';
import { refreshViews } from '../refresh-views.ts';
import { refreshed, type Workspace } from '../workspace.ts';

/** Merges every branch that has an open conflict anew, each with the target that it was met on, and closes what git does not stop on any more. */
export async function withConflictsJudged(workspace: Workspace): Promise<Workspace> {
  const open = [...workspace.ledger.conflicts.values()].filter((conflict) => conflict.closed === null);
  if (open.length === 0) return workspace;
  const events: Event[] = await unrecorded(workspace, open);
  for (const target of new Set(open.map((conflict) => targetOf(conflict, workspace.target)))) {
    events.push(...await closingsOn(workspace, target, open.filter((conflict) => targetOf(conflict, workspace.target) === target)));
  }
  if (events.length === 0) return workspace;
  const closed = new Set(events.flatMap((event) => (event.kind === 'conflict-closed' ? [event.id] : [])));
  const settled = new Set(open.map(({ agent }) => agent).filter((agent) => open.every((conflict) => conflict.agent !== agent || closed.has(conflict.id))));
  workspace.journal.append(...events, ...handBacksOver(workspace.ledger, settled, isAboutConflicts));
  await unpinConflicts(workspace, [...closed]);
  for (const conflict of open) if (closed.has(conflict.id)) sayLapsed(workspace, conflict);
  const now = refreshed(workspace);
  await refreshViews(now);
  return now;
}

/** What a command that was killed kept, or took back, and did not record. */
async function unrecorded({ git, ledger }: Workspace, open: readonly Conflict[]): Promise<Event[]> {
  const kept = await keptResolutions(git);
  return open.flatMap(({ id }): Event[] => {
    const resolution = kept.get(id);
    const known = resolutionOf(ledger, id);
    if (resolution === undefined) return known === undefined ? [] : [{ kind: 'resolution-dropped', id, by: 'unknown' }];
    if (known?.commit === resolution.commit) return [];
    return [{ kind: 'resolution', id, take: resolution.take, by: resolution.by, commit: resolution.commit }];
  });
}

/** Says that a resolution which was kept applies no more. */
function sayLapsed({ context, ledger }: Workspace, conflict: Conflict): void {
  if (resolutionOf(ledger, conflict.id) === undefined) return;
  warn(context, `the resolution of conflict ${conflict.id} (${conflict.agent}, ${placeOf(conflict)}) lapsed: git does not stop on those lines any more`, 'where the very same conflict is met again, it holds again');
}

/** What closes those of one target's open conflicts that are over; all of them where the target is gone. */
async function closingsOn(workspace: Workspace, target: string, open: readonly Conflict[]): Promise<Event[]> {
  const snapshot = await takeSnapshot(workspace, target);
  if (snapshot === null) return open.map(({ id }) => ({ kind: 'conflict-closed', id, how: 'gone' }));
  const room = await openMergeRoom(workspace, snapshot.targetTip);
  const events: Event[] = [];
  for (const agent of new Set(open.map((conflict) => conflict.agent))) {
    const now = await mergeNow(workspace, room, snapshot, agent);
    // What only a merge driver could tell that may not run here is as open as before.
    if (now.kind === 'untold') continue;
    const paths = now.kind === 'conflicted' ? await conflictedPaths(workspace.git, now.merge, target) : [];
    const ids = new Set(paths.flatMap(({ places }) => places.map(({ id }) => id)));
    const over = open.filter((candidate) => candidate.agent === agent && !ids.has(candidate.id));
    const tip = snapshot.agents.find((found) => found.agent === agent)?.tip ?? null;
    const beyond = over.length === 0 || tip === null ? [] : await beyondIn(room, await settlingMerges(workspace, room, snapshot, { agent, tip }), tip);
    const counts = await beyondCounts(workspace.git, over, beyond);
    for (const conflict of over) {
      const how = now.kind === 'nothing-ahead' ? 'landed' : 'gone';
      const merged = how === 'gone' && tip !== null && await isAncestor(workspace.git, conflict.onto, tip) ? { merged: tip } : {};
      const count = counts.get(conflict.id);
      events.push({ kind: 'conflict-closed', id: conflict.id, how, ...merged, ...(count === undefined ? {} : { beyond: count }) });
    }
  }
  return events;
}

/** What merging an agent's branch onto the target would come to now. */
export type MergeNow =
  | { readonly kind: 'conflicted'; readonly merge: ConflictedMerge }
  /** Git needs a merge driver that may not run here, or could not. */
  | { readonly kind: 'untold'; readonly drivers: readonly string[] }
  | { readonly kind: 'clean' | 'nothing-ahead' | 'branch-gone' };

/** Merges an agent's branch as it is onto the snapshot's target, in memory. */
export async function mergeNow(workspace: Workspace, room: CleanRoom, snapshot: RunSnapshot, agent: AgentId): Promise<MergeNow> {
  const found = snapshot.agents.find((candidate) => candidate.agent === agent);
  if (found === undefined || found.tip === null) return { kind: 'branch-gone' };
  if (found.ahead === 0) return { kind: 'nothing-ahead' };
  const onto = snapshot.targetTip;
  const merged = await mergeTree(room, await mergePoint(workspace.git, onto, snapshot.bases.get(agent)), found.tip, { allowUnrelated: true });
  if (merged.kind === 'needs-driver') return { kind: 'untold', drivers: [...new Set(merged.uses.map(({ driver }) => driver))] };
  if (merged.kind !== 'conflicted') return { kind: 'clean' };
  return { kind: 'conflicted', merge: { ...merged, candidate: { agent, branch: found.branch, tip: found.tip, commits: found.ahead }, onto } };
}
