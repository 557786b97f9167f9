import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { batchedMerges, cleanMerges, parseMerges, type BatchedMerge } from '../../src/git/merge-batch.ts';
import { openRoom } from '../support/rooms.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

const path = fc.string({ minLength: 1, maxLength: 10 }).map((text) => text.replaceAll('\0', '_'));
const stage = fc.record({ mode: fc.constantFrom('100644', '120000'), blob: fc.constant('a'.repeat(40)), stage: fc.constantFrom(1, 2, 3), path });
const message = fc.record({ paths: fc.array(path, { minLength: 1, maxLength: 3 }), type: fc.constantFrom('Auto-merging', 'CONFLICT (contents)'), text: path });
const merge = fc.record({ clean: fc.boolean(), tree: fc.constantFrom('b'.repeat(40), 'c'.repeat(64)), stages: fc.array(stage, { maxLength: 3 }), messages: fc.array(message, { maxLength: 3 }) })
  .map((one) => (one.clean ? { ...one, stages: [] } : one)) as fc.Arbitrary<unknown> as fc.Arbitrary<BatchedMerge>;

/** What git writes for a merge; `advice` is the text that it appends where a submodule is in conflict. */
function written({ clean, tree, stages, messages }: BatchedMerge, advice: string): string {
  const entries = stages.map((entry) => `${entry.mode} ${entry.blob} ${entry.stage}\t${entry.path}\0`).join('');
  const told = messages.map((one) => `${one.paths.length}\0${one.paths.join('\0')}\0${one.type}\0${one.text}\0`).join('');
  return `${clean ? 1 : 0}\0${tree}\0${entries}\0${told}${advice}\0`;
}

describe('the output of merge-tree --stdin -z --messages', () => {
  const advice = fc.constantFrom('', 'Recursive merging with submodules currently only supports trivial cases.\n - 1\n');

  it('is read back merge by merge', () => {
    fc.assert(fc.property(fc.array(fc.tuple(merge, advice), { maxLength: 6 }), (merges) => {
      expect(parseMerges(merges.map(([one, text]) => written(one, text)).join(''))).toEqual(merges.map(([one]) => one));
    }));
  });

  it('a run that ended in the middle of a merge: those before it', () => {
    fc.assert(fc.property(fc.array(fc.tuple(merge, advice), { minLength: 1, maxLength: 4 }), fc.nat(), (merges, cut) => {
      const parts = merges.map(([one, text]) => written(one, text));
      const whole = parts.slice(0, -1).join('');
      const last = parts.at(-1) ?? '';
      const read = parseMerges(whole + last.slice(0, cut % last.length));
      expect(read).toEqual(merges.slice(0, -1).map(([one]) => one));
    }));
  });
});

/** A commit on main with these changes. */
function change(made: Scratch, files: Record<string, string>): CommitId {
  made.git(['switch', '-q', '--detach', 'main']);
  return made.commit(files, 'change') as CommitId;
}

describe('many merges in one process', () => {
  it('clean, in conflict, without a commit in common, clean again: each told in its place', async () => {
    const made = scratch();
    const [one, same, other] = [change(made, { 'README.md': 'one\n' }), change(made, { 'README.md': 'other\n' }), change(made, { 'b.txt': 'b\n' })];
    const alone = made.git(['commit-tree', '-m', 'alone', 'main^{tree}']) as CommitId;
    const { merges, uses } = await batchedMerges(await openRoom(made), [[one, other], [one, same], [one, alone], [same, other]]);
    expect(uses).toEqual([]);
    expect(merges.map(({ clean, stages }) => [clean, stages.map(({ stage }) => stage)])).toEqual([[true, []], [false, [1, 2, 3]], [false, [2, 3]], [true, []]]);
    expect(merges[1]?.messages.at(-1)).toMatchObject({ type: 'CONFLICT (contents)', paths: ['README.md'] });
  });

  it('two agents that moved a submodule apart, and another merge after it', async () => {
    const made = scratch();
    const tips = ['1', '2', '3'].map((digit) => {
      made.git(['update-index', '--add', '--cacheinfo', `160000,${digit.repeat(40)},sub`]);
      made.git(['commit', '-q', '-m', 'submodule']);
      const id = made.git(['rev-parse', 'HEAD']) as CommitId;
      if (digit !== '1') made.git(['reset', '-q', '--soft', 'HEAD^']);
      return id;
    });
    const [base, one, other] = tips as [CommitId, CommitId, CommitId];
    const { merges } = await batchedMerges(await openRoom(made), [[one, other], [base, one]]);
    expect(merges.map(({ clean }) => clean)).toEqual([false, true]);
    expect(merges[0]?.messages.some(({ type }) => type.startsWith('CONFLICT (submodule'))).toBe(true);
  });

  it('only the clean ones before the first that stops are trees', async () => {
    const made = scratch();
    const [one, same, other] = [change(made, { 'README.md': 'one\n' }), change(made, { 'README.md': 'other\n' }), change(made, { 'b.txt': 'b\n' })];
    expect(await cleanMerges(await openRoom(made), [[one, other], [one, same], [same, other]])).toHaveLength(1);
  });
});
