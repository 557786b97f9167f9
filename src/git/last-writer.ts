import { decodeBytes } from '../core/text.ts';
import type { CommitId, RepoPath } from '../core/ids.ts';
import type { Git } from './git.ts';

/**
 * The newest commit on the first-parent line `base..tip` that wrote these lines of the path, or the path at all where
 * `lines` is null; null where none did. Lines are of the path in `tip`, 1-based, half-open.
 */
export async function lastWriter(git: Git, range: { base: CommitId | null; tip: CommitId }, path: RepoPath, lines: readonly [number, number] | null): Promise<CommitId | null> {
  const name = decodeBytes(path);
  const revisions = [range.tip, ...(range.base === null ? [] : [`^${range.base}`])];
  if (lines !== null && lines[1] > lines[0]) {
    const blamed = await git.run(['blame', '--first-parent', '--porcelain', '-L', `${lines[0]},${lines[1] - 1}`, ...revisions, '--', name], { accept: [0, 128] });
    const ids = blamed.stdout.toString('latin1').match(/^[0-9a-f]{40,64}(?= \d+ \d+)/gm) ?? [];
    const newest = ids.find((id) => id !== range.base);
    if (newest !== undefined) return newest as CommitId;
  }
  const found = await git.text(['--literal-pathspecs', 'rev-list', '--first-parent', '-1', ...revisions, '--', name]);
  return found === '' ? null : (found as CommitId);
}
