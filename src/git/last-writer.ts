import { linesBefore, type Lines } from '../core/hunks.ts';
import type { BlobId, CommitId, RepoPath } from '../core/ids.ts';
import { blobHunks } from './blob-hunks.ts';
import type { Git } from './git.ts';
import { linePattern } from './path-pattern.ts';

const MOST_STEPS = 200;

/** What somebody wrote: a path, the blob that is there now (null where it was deleted), and lines of it; null for all of it. */
export interface Written {
  readonly path: RepoPath;
  readonly blob: BlobId | null;
  readonly lines: Lines | null;
}

/**
 * The newest commit on the first-parent line `base..tip` that wrote this; null where none did. Lines that none of them
 * wrote are the newest one's that wrote to the file. Files are followed by what is in them, so through renames, too.
 */
export async function lastWriter(git: Git, range: { base: CommitId | null; tip: CommitId }, written: Written): Promise<CommitId | null> {
  if (written.blob === null) return lastToTouch(git, range.base, range.tip, written.path);
  let newest: CommitId | null = null;
  let { blob, lines } = { blob: written.blob, lines: written.lines };
  let from: string = range.tip;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const found = await lastChange(git, range.base, from, blob);
    if (found === null) return newest;
    newest ??= found.commit;
    if (lines === null || found.before === null) return found.commit;
    lines = linesBefore(lines, await blobHunks(git, found.before, blob));
    if (lines === null) return found.commit;
    blob = found.before;
    from = `${found.commit}^`;
  }
  return newest;
}

/** The newest commit that put this blob somewhere, and the blob that it took the place of; null for that where there was none. */
async function lastChange(git: Git, base: CommitId | null, from: string, blob: BlobId): Promise<{ commit: CommitId; before: BlobId | null } | null> {
  const out = await git.bytes([
    'log', '-1', '--first-parent', '--diff-merges=first-parent', '--no-show-signature', '--no-ext-diff', '--format=tformat:%H', '--raw', '--no-abbrev', '-z', '-M',
    `--find-object=${blob}`, from, ...(base === null ? [] : [`^${base}`]), '--',
  ]);
  const [commit = '', ...fields] = out.split('\0');
  if (commit === '') return null;
  const changes = fields.flatMap((field) => [.../^\n?:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) /g[Symbol.matchAll](field)]);
  const before = changes.find(([, , now]) => now === blob)?.[1] ?? blob;
  return { commit: commit as CommitId, before: /^0+$/.test(before) ? null : (before as BlobId) };
}

/** Paths are bytes: only standard input takes them as they are. */
async function lastToTouch(git: Git, base: CommitId | null, tip: CommitId, path: RepoPath): Promise<CommitId | null> {
  const lines = [tip, ...(base === null ? [] : [`^${base}`]), '--', linePattern(path)];
  const found = await git.text(['rev-list', '--first-parent', '-1', '--stdin'], { input: Buffer.from(`${lines.join('\n')}\n`, 'latin1') });
  return found === '' ? null : (found as CommitId);
}
