import type { CommitId, RepoPath } from '../../core/ids.ts';
import { lostLines, stillLost } from '../../core/lost-lines.ts';
import { manyBlobHunks } from '../../git/blob-hunks.ts';
import { ROOM_MARKER_SIZE, type CleanRoom } from '../../git/clean-room.ts';
import type { TreeChange } from '../../git/diff.ts';
import { readObjects } from '../../git/objects.ts';
import { changesBeside, type SettlingMerge } from './settling-merges.ts';
import type { RunSnapshot } from './snapshot.ts';

/** What a merge that settled conflicts has dropped of the target beside them. */
export interface Loss {
  readonly merge: CommitId;
  readonly path: RepoPath;
  /** Bytes (latin1), line breaks kept. */
  readonly lines: readonly string[];
}

/**
 * Lines of the target that a branch has dropped where it merged it to settle recorded conflicts, outside of what was in
 * conflict: each such merge, made again, is compared. What later commits brought back, and what the target itself has not
 * any more, is not lost.
 */
export async function lossesOf(room: CleanRoom, { targetTip }: RunSnapshot, merges: readonly SettlingMerge[], tip: CommitId): Promise<Loss[]> {
  const losses: Loss[] = [];
  for (const made of merges) {
    const { merge, own } = made;
    const changes = await changesBeside(room, made);
    for (const { path, lines } of await lostIn(room, { own, settled: merge, changes })) {
      const [now, there] = await readObjects(room, [`${tip}:${path}`, `${targetTip}:${path}`]);
      const lost = stillLost(lines, textOf(there), textOf(now));
      if (lost.length > 0) losses.push({ merge, path, lines: lost });
    }
  }
  return losses;
}

async function lostIn(room: CleanRoom, { own, settled, changes }: { own: CommitId; settled: CommitId; changes: readonly TreeChange[] }): Promise<Pick<Loss, 'path' | 'lines'>[]> {
  const files = changes.filter(({ status, oldMode, newMode }) => status !== 'A' && oldMode.startsWith('100') && (status === 'D' || newMode.startsWith('100')));
  const kept = files.filter(({ status }) => status !== 'D');
  const hunks = new Map((await manyBlobHunks(room, kept.map(({ oldBlob, newBlob }) => [oldBlob, newBlob]))).map((found, index) => [kept[index]?.path, found]));
  const texts = await readObjects(room, files.flatMap(({ path, oldBlob }) => [oldBlob, `${settled}:${path}`, `${own}:${path}`]));
  return files.flatMap(({ path }, index) => {
    const [automatic = '', settledText = '', ownText = ''] = texts.slice(index * 3, index * 3 + 3).map(textOf);
    if (automatic.includes('\0')) return [];
    const whole = { start: 1, end: automatic.split('\n').length, newStart: 1, newEnd: 1 };
    const lines = lostLines({ automatic, settled: settledText, own: ownText, hunks: hunks.get(path) ?? [whole] }, ROOM_MARKER_SIZE);
    return lines.length === 0 ? [] : [{ path, lines }];
  });
}

function textOf(content: Buffer | null | undefined): string {
  return content?.toString('latin1') ?? '';
}
