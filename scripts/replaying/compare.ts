import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { BlobId, CommitId, RepoPath } from '../../src/core/ids.ts';
import { showPath } from '../../src/core/text.ts';
import { openCleanRoom } from '../../src/git/clean-room.ts';
import type { Git } from '../../src/git/git.ts';
import { mergeTree } from '../../src/git/merge-tree.ts';
import { readObjects, writeBlob } from '../../src/git/objects.ts';
import type { Repository } from '../../src/git/repository.ts';

/** What became of a merge. `refused`: git merge would not begin; `needs-driver`: `integrate` leaves the branch out. */
export type Outcome =
  | { readonly verdict: 'clean'; readonly tree: string }
  /** `entries`: what `git ls-files --unmerged` shows, sorted. */
  | { readonly verdict: 'conflict'; readonly entries: readonly string[] }
  | { readonly verdict: 'refused'; readonly said: string }
  | { readonly verdict: 'unrelated' | 'needs-driver' };

/** Merges as `integrate` does: in the clean room, by the attributes of the commit that is merged onto. */
export async function mergedByUs(repo: Repository, folder: string, ours: CommitId, theirs: CommitId): Promise<Outcome> {
  const room = await openCleanRoom(repo, folder, ours);
  const merged = await mergeTree(room, ours, theirs);
  if (merged.kind === 'clean') return { verdict: 'clean', tree: merged.tree };
  if (merged.kind !== 'conflicted') return { verdict: merged.kind };
  const blobs = await calledHead(room, merged.stages.map((stage) => stage.blob), ours);
  const entries = merged.stages.map(({ mode, stage, path }, index) => `${mode} ${blobs[index]} ${stage}\t${path.replaceAll(`~${ours}`, '~HEAD')}`);
  return { verdict: 'conflict', entries: entries.sort() };
}

/** Git merge calls the commit that it stands on HEAD: in the paths that it moves aside, and in markers within markers. */
async function calledHead(git: Git, blobs: readonly BlobId[], ours: CommitId): Promise<BlobId[]> {
  const contents = await readObjects(git, blobs);
  return Promise.all(blobs.map(async (blob, index) => {
    const content = contents[index]?.toString('latin1') ?? '';
    return content.includes(ours) ? writeBlob(git, Buffer.from(content.replaceAll(ours, 'HEAD'), 'latin1')) : blob;
  }));
}

/** Merges with `git merge` in the worktree that `git` works in, whose index is `gitDir`'s; what lies there is overwritten. */
export async function mergedByGit(git: Git, gitDir: string, ours: CommitId, theirs: CommitId): Promise<Outcome> {
  await git.run(['checkout', '-q', '--force', '--detach', ours]);
  await git.run(['clean', '-q', '-f', '-f', '-d', '-x']);
  // Files are compared by content, converted, while they are as young as the index: some would count as changed.
  const later = Date.now() / 1000 + 10;
  utimesSync(join(gitDir, 'index'), later, later);
  const done = await git.run(['merge', '--no-ff', '--no-edit', '--no-verify', '-q', theirs], { accept: [0, 1, 2, 128] });
  if (done.exitCode === 0) return { verdict: 'clean', tree: await git.text(['rev-parse', 'HEAD^{tree}']) };
  if (/unrelated histories/.test(done.stderr.toString('utf8'))) return { verdict: 'unrelated' };
  const stopped = (await git.run(['rev-parse', '--quiet', '--verify', 'MERGE_HEAD'], { accept: [0, 1] })).exitCode === 0;
  const entries = (await git.bytes(['ls-files', '--unmerged', '-z'])).split('\0').filter((entry) => entry !== '');
  await git.run(['reset', '-q', '--hard']);
  return stopped ? { verdict: 'conflict', entries: entries.sort() } : { verdict: 'refused', said: done.stderr.toString('utf8').trim() };
}

/** How the two differ, on one line; null where they agree. */
export function disagreement(ours: Outcome, gits: Outcome): string | null {
  if (ours.verdict !== gits.verdict) return `verdict: ${ours.verdict}, git merge: ${gits.verdict}`;
  if (ours.verdict === 'clean' && gits.verdict === 'clean' && ours.tree !== gits.tree) return `tree: ${ours.tree}, git merge: ${gits.tree}`;
  if (ours.verdict !== 'conflict' || gits.verdict !== 'conflict') return null;
  const only = (mine: readonly string[], other: readonly string[]): string => mine.filter((entry) => !other.includes(entry)).map((entry) => showPath(entry as RepoPath)).join(', ') || 'nothing';
  return ours.entries.join('\0') === gits.entries.join('\0') ? null : `conflicts: only ${only(ours.entries, gits.entries)}; git merge: only ${only(gits.entries, ours.entries)}`;
}
