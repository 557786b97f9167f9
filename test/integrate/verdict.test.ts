import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { openCleanRoom } from '../../src/git/clean-room.ts';
import { mergeTree } from '../../src/git/merge-tree.ts';
import { openRepository } from '../../src/git/repository.ts';
import { anySteps, filesCommitted, take, type Step } from '../support/histories.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

function branchOf(made: Scratch, name: string, steps: readonly Step[]): CommitId {
  made.git(['checkout', '-q', '--force', '-B', name, 'main']);
  for (const one of steps) take(made, one);
  made.git(['add', '-A']);
  made.git(['commit', '-q', '--allow-empty', '-m', name]);
  return made.git(['rev-parse', 'HEAD']) as CommitId;
}

describe('the verdict is git\'s', () => {
  // Seen to fail, within a few histories, when the room's attributes differ from the checkout's (`* merge=union`).
  it('over generated histories: conflicted exactly where git merge stops, the same tree where it does not', async () => {
    const made = scratch();
    filesCommitted(made);
    const repo = await openRepository(made.repo, made.env);
    const room = await openCleanRoom(repo, join(repo.commonDir, 'aiteam', 'clean-room'), made.git(['rev-parse', 'main']) as CommitId);
    let stops = 0;
    await fc.assert(fc.asyncProperty(anySteps, anySteps, async (ours, theirs) => {
      const [one, other] = [branchOf(made, 'one', ours), branchOf(made, 'other', theirs)];
      const ourVerdict = await mergeTree(room, one, other);
      made.git(['checkout', '-q', '--force', '--detach', one]);
      made.git(['clean', '-qfd']);
      const git = made.tryGit(['merge', '--no-ff', '--no-edit', '-q', other]);
      const gitTree = git.code === 0 ? made.git(['rev-parse', 'HEAD^{tree}']) : null;
      if (git.code !== 0) stops += 1;
      made.git(['reset', '-q', '--hard']);
      made.git(['clean', '-qfd']);
      expect(ourVerdict.kind === 'clean' ? ourVerdict.tree : null).toBe(gitTree);
    }), { numRuns: 40 });
    expect(stops).toBeGreaterThan(0);
  });
});
