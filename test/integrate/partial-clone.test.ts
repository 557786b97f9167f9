import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { mergeTree } from '../../src/git/merge-tree.ts';
import { openRoom } from '../support/rooms.ts';
import { expectDone, scratch, type Scratch } from '../support/scratch.ts';

/** A clone without old contents, in which a branch can only be merged with a content that the clone lacks. */
function partialClone(): Scratch {
  const made = scratch();
  const origin = join(made.folder, 'origin');
  made.git(['clone', '-q', '--bare', made.repo, origin]);
  for (const key of ['uploadpack.allowFilter', 'uploadpack.allowAnySHA1InWant']) made.git(['config', key, 'true'], { cwd: origin });
  const text = made.read('app.txt');
  made.git(['switch', '-q', '-c', 'feature/glm']);
  made.commit({ 'app.txt': text.replace('line 20\n', 'glm\n') }, 'glm works');
  made.git(['switch', '-q', 'main']);
  made.commit({ 'app.txt': text.replace('line 1\n', 'main\n') }, 'main moved');
  made.git(['push', '-q', origin, 'main', 'feature/glm']);
  renameSync(made.repo, join(made.folder, 'first'));
  made.git(['clone', '-q', '--filter=blob:none', `file://${origin}`, made.repo], { cwd: made.folder });
  made.git(['branch', '-q', 'feature/glm', 'origin/feature/glm']);
  expectDone(made.aiteam(['init', 'glm']));
  expectDone(made.aiteam(['worktree', 'add', 'glm']));
  return made;
}

// Seen to fail with a room that does not know the remote: git cannot read the base's content.
it('the clean room fetches what a merge needs', async () => {
  const made = partialClone();
  const [main, glm] = ['main', 'feature/glm'].map((name) => made.git(['rev-parse', name]) as CommitId) as [CommitId, CommitId];
  expect((await mergeTree(await openRoom(made), main, glm)).kind).toBe('clean');
});

it('a partial clone: what the merge needs is fetched, and that is said', () => {
  const made = partialClone();
  const done = expectDone(made.aiteam(['integrate', 'glm']));
  expect(done.stderr).toContain('this is a partial clone: git fetches from origin what a merge needs');
  expect(made.read('app.txt')).toMatch(/^main\n[^]*glm\n$/);
});

it('a partial clone whose remote is gone: refused with what to do, and nothing moves', () => {
  const made = partialClone();
  const before = made.git(['rev-parse', 'main']);
  renameSync(join(made.folder, 'origin'), join(made.folder, 'gone'));
  const refused = expectDone(made.aiteam(['integrate', 'glm']), 1);
  expect(refused.stderr).toContain('this is a partial clone, and git could not fetch what it lacks');
  expect(refused.stderr).toContain('git fetch --refetch --no-filter');
  expect(made.git(['rev-parse', 'main'])).toBe(before);
});
