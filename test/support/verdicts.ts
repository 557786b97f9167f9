import { join } from 'node:path';
import { expect } from 'vitest';
import { disagreement, mergedByGit, mergedByUs, type Outcome } from '../../scripts/replaying/compare.ts';
import type { CommitId } from '../../src/core/ids.ts';
import { openRepository } from '../../src/git/repository.ts';
import type { Scratch } from './scratch.ts';

/** Makes a commit on a detached HEAD at `from`: files written, then `more`, then everything staged. Stays there. */
export function commitOn(made: Scratch, from: string, files: Readonly<Record<string, string>>, more: () => void = () => undefined): CommitId {
  made.git(['checkout', '-q', '--force', '--detach', from]);
  made.write(files);
  more();
  made.git(['add', '-A']);
  made.git(['commit', '-q', '--allow-empty', '-m', 'change']);
  return made.git(['rev-parse', 'HEAD']) as CommitId;
}

/** What becomes of merging one commit onto another; fails where `integrate` and `git merge` in the main worktree differ. */
export async function agreedOutcome(made: Scratch, ours: CommitId, theirs: CommitId): Promise<Outcome> {
  const repo = await openRepository(made.repo, made.env);
  const mine = await mergedByUs(repo, join(repo.commonDir, 'aiteam', 'clean-room'), ours, theirs);
  const gits = await mergedByGit(repo.git, repo.commonDir, ours, theirs);
  expect(gits.verdict).not.toBe('refused');
  expect(disagreement(mine, gits)).toBe(null);
  return mine;
}

/** The content of a file that both sides merged to; fails where they did not. */
export function contentOf(made: Scratch, outcome: Outcome, path: string): string {
  expect(outcome.verdict).toBe('clean');
  return made.git(['show', `${outcome.verdict === 'clean' ? outcome.tree : ''}:${path}`]);
}
