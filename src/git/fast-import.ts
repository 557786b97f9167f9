import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitId } from '../core/ids.ts';
import type { TreeChange } from './diff.ts';
import type { Git } from './git.ts';
import type { Signature } from './signature.ts';

/** A merge commit to be made: the tip that it merges, its message, and what it changes against its first parent. */
export interface MergeToImport {
  readonly tip: CommitId;
  readonly message: string;
  readonly changes: readonly TreeChange[];
}

/**
 * Makes merge commits one on top of the other in one process (git-fast-import(1)), the first on `base`; gives their ids.
 * No ref of the repository moves: it runs in the clean room.
 */
export async function importMerges(room: Git, { author, committer }: Signature, folder: string, base: CommitId, merges: readonly MergeToImport[]): Promise<CommitId[]> {
  const name = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const ref = `refs/stacks/${name}`;
  const marks = join(folder, `marks-${name}`);
  const commits = merges.map((merge, index) => [
    `commit ${ref}\nmark :${index + 1}\nauthor ${author}\ncommitter ${committer}\n`,
    `data ${Buffer.byteLength(merge.message)}\n${merge.message}\n`,
    `from ${index === 0 ? base : `:${index}`}\nmerge ${merge.tip}\n`,
  ]);
  const withChanges = commits.flatMap((parts, index) => [
    Buffer.from(parts.join(''), 'utf8'),
    Buffer.from((merges[index]?.changes ?? []).map((change) => `M ${change.newMode} ${change.newBlob} ${quotePath(change.path)}\n`).join(''), 'latin1'),
  ]);
  // The ref is only what the stream needs to go on from: taken back before its end, it is never written.
  const input = Buffer.concat([...withChanges, Buffer.from(`reset ${ref}\nfrom ${'0'.repeat(base.length)}\n\n`)]);
  try {
    await room.run(['fast-import', '--quiet', `--export-marks=${marks}`], { input });
    const ids = new Map(readFileSync(marks, 'utf8').trimEnd().split('\n').map((line) => line.split(' ') as [string, string]));
    return merges.map((_merge, index) => ids.get(`:${index + 1}`) as CommitId);
  } finally {
    rmSync(marks, { force: true });
  }
}

function quotePath(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
