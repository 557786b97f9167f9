import { beyondHunks, stillBeyond, type BeyondHunk } from '../../core/beyond-merge.ts';
import { linesOf } from '../../core/conflict-markers.ts';
import type { BeyondCount } from '../../core/events.ts';
import type { CommitId, RepoPath } from '../../core/ids.ts';
import type { Conflict } from '../../core/ledger.ts';
import { manyBlobHunks } from '../../git/blob-hunks.ts';
import { ROOM_MARKER_SIZE, type CleanRoom } from '../../git/clean-room.ts';
import { isAncestor } from '../../git/commits.ts';
import type { TreeChange } from '../../git/diff.ts';
import type { Git } from '../../git/git.ts';
import { readObjects } from '../../git/objects.ts';
import { changesBeside, type SettlingMerge } from './settling-merges.ts';

/** What a merge that settled conflicts has changed beyond git's automatic merge, outside of what was in conflict. */
export interface Beyond {
  readonly merge: CommitId;
  readonly files: readonly BeyondFile[];
}

export interface BeyondFile {
  readonly path: RepoPath;
  readonly how: 'added' | 'deleted' | 'changed';
  /** Its new mode where that is another than the automatic merge's, and not for want of one of the two. */
  readonly mode: string | null;
  /** Null where it is not about lines: a link, a submodule, a file with NUL. */
  readonly hunks: readonly BeyondHunk[] | null;
}

/** What each of these merges changed beyond the automatic one; of what a later commit up to `tip` changed again, what is there still. Those that changed nothing are left out. */
export async function beyondIn(room: CleanRoom, merges: readonly SettlingMerge[], tip: CommitId): Promise<Beyond[]> {
  const found: Beyond[] = [];
  for (const made of merges) {
    const { merge } = made;
    const files = await filesOf(room, withModes(made, await changesBeside(room, made)), merge === tip ? null : tip);
    if (files.length > 0) found.push({ merge, files });
  }
  return found;
}

/** How much these merges changed beyond the automatic one, by the ids of the conflicts that each of them settled. */
export async function beyondCounts(git: Git, conflicts: readonly Conflict[], beyond: readonly Beyond[]): Promise<ReadonlyMap<string, BeyondCount>> {
  const counts = new Map<string, BeyondCount>();
  for (const { merge, files } of beyond) {
    const lines = files.flatMap(({ hunks }) => hunks ?? []).reduce((sum, { removed, added }) => sum + removed.length + added.length, 0);
    for (const { id, onto } of conflicts) {
      if (await isAncestor(git, onto, merge) && !(await isAncestor(git, onto, `${merge}^1` as CommitId))) counts.set(id, { merge, files: files.length, lines });
    }
  }
  return counts;
}

interface ModedChange extends TreeChange {
  /** The new mode, where no side of a conflict gave it. */
  readonly mode: string | null;
}

function withModes({ automatic: { stages } }: SettlingMerge, changes: readonly TreeChange[]): ModedChange[] {
  return changes.map((change) => {
    const { path, status, oldMode, newMode } = change;
    const isSides = stages.some((stage) => stage.path === path && stage.mode === newMode);
    return { ...change, mode: status !== 'M' || oldMode === newMode || isSides ? null : newMode };
  });
}

/** These changes as files; with a tip, as far as it has them still. */
async function filesOf(room: CleanRoom, changes: readonly ModedChange[], tip: CommitId | null): Promise<BeyondFile[]> {
  const both = changes.filter(({ status, oldMode, newMode }) => status === 'M' && isFile(oldMode) && isFile(newMode));
  const hunks = new Map((await manyBlobHunks(room, both.map(({ oldBlob, newBlob }) => [oldBlob, newBlob]))).map((found, index) => [both[index]?.path, found]));
  const texts = await readObjects(room, changes.flatMap(({ path, oldBlob, newBlob }) => [oldBlob, newBlob, tip === null ? newBlob : `${tip}:${path}`]));
  return changes.flatMap((change, index): BeyondFile[] => {
    const { path, status, oldMode, newMode, mode } = change;
    const [automatic = '', settled = '', now = ''] = texts.slice(index * 3, index * 3 + 3).map((text) => text?.toString('latin1') ?? '');
    const how = status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'changed';
    const isThere = now === settled;
    const isText = [oldMode, newMode].every((one) => isFile(one) || /^0+$/.test(one)) && !`${automatic}${settled}`.includes('\0');
    if (!isText) return isThere ? [{ path, how, mode, hunks: null }] : [];
    const whole = { start: 1, end: linesOf(automatic).length + 1, newStart: 1, newEnd: linesOf(settled).length + 1 };
    const all = beyondHunks({ automatic, settled, hunks: hunks.get(path) ?? [whole] }, ROOM_MARKER_SIZE);
    const still = isThere ? all : stillBeyond(all, automatic, now);
    return still.length > 0 || mode !== null ? [{ path, how, mode, hunks: still }] : [];
  });
}

function isFile(mode: string): boolean {
  return mode.startsWith('100');
}
