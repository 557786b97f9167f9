import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { openCleanRoom } from '../../src/git/clean-room.ts';
import { readCommits } from '../../src/git/commit-content.ts';
import { linearCommits } from '../../src/git/commits.ts';
import { replayCommits } from '../../src/git/replay.ts';
import { openRepository } from '../../src/git/repository.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

/** A line set, or a whole file where `line` is null; `text` null removes it; `path` null makes an empty commit. */
interface Edit {
  readonly path: string | null;
  readonly line: number | null;
  readonly text: string | null;
}

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ path: fc.constant('app.txt'), line: fc.integer({ min: 1, max: 20 }), text: fc.constantFrom('a', 'b') }),
  fc.record({ path: fc.constantFrom('one.txt', 'two.txt'), line: fc.constant(null), text: fc.constantFrom('x\n', 'y\n') }),
  fc.constant({ path: 'README.md', line: null, text: null }),
  fc.constant({ path: null, line: null, text: null }),
);

function commitEdits(made: Scratch, edits: readonly Edit[]): CommitId {
  for (const { path, line, text } of edits) {
    if (path !== null && text === null) made.git(['rm', '-q', '--ignore-unmatch', path]);
    if (path !== null && text !== null) made.write({ [path]: line === null ? text : made.read(path).split('\n').map((old, index) => (index + 1 === line ? text : old)).join('\n') });
    made.commit({}, JSON.stringify({ path, line, text }));
  }
  return made.git(['rev-parse', 'HEAD']) as CommitId;
}

// Seen to fail with base and commit exchanged, and with commits that became empty kept.
it('replaying stops exactly where git rebase stops, and makes the trees that it makes', async () => {
  await fc.assert(fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), fc.array(edit, { minLength: 1, maxLength: 3 }), async (branch, main) => {
    const made = scratch();
    const base = made.git(['rev-parse', 'HEAD']) as CommitId;
    made.git(['switch', '-q', '--detach']);
    const tip = commitEdits(made, branch);
    made.git(['switch', '-q', 'main']);
    const onto = commitEdits(made, main);
    const repo = await openRepository(made.repo, made.env);
    const room = await openCleanRoom(repo, join(made.folder, 'room'), onto);
    const result = await replayCommits(repo.git, room, await readCommits(repo.git, await linearCommits(repo.git, tip, [base])), onto, false);
    // --reapply-cherry-picks: which changes main has already is asked before replaying.
    const rebased = made.tryGit(['rebase', '-q', '--reapply-cherry-picks', '--onto', onto, base, tip]);
    expect(result.kind).toBe(rebased.code === 0 ? 'replayed' : 'conflicted');
    if (result.kind === 'replayed') expect(made.git(['log', '--format=%T %s', `${onto}..${result.tip}`])).toBe(made.git(['log', '--format=%T %s', `${onto}..HEAD`]));
    else expect(made.git(['rev-parse', 'REBASE_HEAD'])).toBe(result.at.id);
  }), { numRuns: 12 });
}, 120_000);
