import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { mergeTree, parseConflictInfo } from '../../src/git/merge-tree.ts';
import { openRoom } from '../support/rooms.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

/** Two branches off main that each commit their files; gives both tips. */
function twoBranches(made: Scratch, one: Record<string, string>, other: Record<string, string>): [CommitId, CommitId] {
  made.git(['switch', '-q', '-c', 'one']);
  const first = made.commit(one, 'one');
  made.git(['switch', '-q', '-c', 'other', 'main']);
  const second = made.commit(other, 'other');
  return [first as CommitId, second as CommitId];
}

describe('merging two commits in the object store', () => {
  it('clean: the tree that git merge makes', async () => {
    const made = scratch();
    const [one, other] = twoBranches(made, { 'a.txt': 'a\n' }, { 'b.txt': 'b\n' });
    const merged = await mergeTree(await openRoom(made), one, other);
    made.git(['switch', '-q', 'one']);
    made.git(['merge', '-q', '--no-edit', 'other']);
    expect(merged).toEqual({ kind: 'clean', tree: made.git(['rev-parse', 'HEAD^{tree}']) });
  });

  it('the same line edited twice: a conflict with three stages of the path', async () => {
    const made = scratch();
    const [one, other] = twoBranches(made, { 'README.md': 'one\n' }, { 'README.md': 'other\n' });
    const merged = await mergeTree(await openRoom(made), one, other);
    expect(merged).toMatchObject({ kind: 'conflicted', stages: [{ stage: 1, path: 'README.md' }, { stage: 2 }, { stage: 3 }] });
    expect(merged.kind === 'conflicted' && merged.messages.some(({ type }) => type === 'CONFLICT (contents)')).toBe(true);
  });

  it('a path with a line break, a quote and a byte that is no UTF-8 arrives as it is', async () => {
    const made = scratch();
    const name = 'a\n"b\u00e4';
    const [one, other] = twoBranches(made, { [name]: 'one\n' }, { [name]: 'other\n' });
    const merged = await mergeTree(await openRoom(made), one, other);
    expect(merged).toMatchObject({ kind: 'conflicted', stages: [{ path: Buffer.from(name).toString('latin1'), stage: 2 }, { stage: 3 }] });
  });

  it('unrelated histories are an outcome, a missing commit is an error', async () => {
    const made = scratch();
    const room = await openRoom(made);
    const main = made.git(['rev-parse', 'main']) as CommitId;
    const alone = made.git(['commit-tree', '-m', 'alone', 'main^{tree}']) as CommitId;
    expect(await mergeTree(room, main, alone)).toEqual({ kind: 'unrelated' });
    await expect(mergeTree(room, main, '1'.repeat(40) as CommitId)).rejects.toMatchObject({ code: 'merge-failed' });
  });
});

describe('the conflict section of merge-tree -z', () => {
  const path = fc.string({ minLength: 1, maxLength: 10 }).map((text) => text.replaceAll('\0', '_'));
  const stage = fc.record({ mode: fc.constantFrom('100644', '100755', '120000'), blob: fc.constant('a'.repeat(40)), stage: fc.constantFrom(1, 2, 3), path });
  const message = fc.record({ paths: fc.array(path, { minLength: 1, maxLength: 3 }), type: fc.constantFrom('Auto-merging', 'CONFLICT (contents)'), text: path });

  it('is read back field by field', () => {
    fc.assert(fc.property(fc.array(stage, { maxLength: 5 }), fc.array(message, { maxLength: 5 }), (stages, messages) => {
      const text = `${stages.map((entry) => `${entry.mode} ${entry.blob} ${entry.stage}\t${entry.path}\0`).join('')}\0${
        messages.map((entry) => `${entry.paths.length}\0${entry.paths.join('\0')}\0${entry.type}\0${entry.text}\0`).join('')}`;
      expect(parseConflictInfo(text)).toEqual({ stages, messages });
    }));
  });

  it('ends at the free text that a submodule conflict appends', () => {
    const text = '160000 1111111111111111111111111111111111111111 1\tsub\0\u00001\0sub\0CONFLICT (submodule)\0failed\0Recursive merging with submodules…';
    expect(parseConflictInfo(text).messages).toEqual([{ paths: ['sub'], type: 'CONFLICT (submodule)', text: 'failed' }]);
  });
});
