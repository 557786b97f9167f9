import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentId, BlobId, RepoPath } from '../../src/core/ids.ts';
import { adviceFor, type Standing } from '../../src/core/overlap-advice.ts';
import { isOnlyTouching, meetings, placesOf, withoutLabel, type Meeting, type ToldMerge } from '../../src/core/overlap.ts';
import type { PatchHunk } from '../../src/core/patch-hunks.ts';

const blob = (digit: string): BlobId => digit.repeat(40) as BlobId;
const path = 'src/app.ts' as RepoPath;
const hunk = (start: number, end: number, added = 'x'): PatchHunk => ({ start, end, newStart: start, newEnd: end, added });
const byLines: Meeting = { path, verdict: 'conflict', type: 'contents', blobs: [blob('1'), blob('2'), blob('3')], first: blob('2') };

function told(type: string, stages: readonly (1 | 2 | 3)[], mode = '100644'): ToldMerge {
  return { clean: false, stages: stages.map((stage) => ({ mode, blob: blob(String(stage)), stage, path })), messages: [{ paths: [path], type: `CONFLICT (${type})`, text: '' }] };
}

describe('what a merge met', () => {
  it.each([
    ['modify/delete', told('modify/delete', [1, 2])],
    ['rename/rename', told('rename/rename', [1])],
    ['file/directory', told('file/directory', [2])],
    ['distinct modes', told('distinct modes', [2, 3])],
    ['submodule', told('submodule', [1, 2, 3], '160000')],
    ['binary', told('binary', [1, 2, 3])],
    ['links', told('contents', [1, 2, 3], '120000')],
    ['a folder that was renamed to several, which leaves no stage', told('directory rename split', [])],
  ] as const)('%s: structural', (_what, merge) => {
    const [met, ...others] = meetings(merge);
    expect(others).toEqual([]);
    expect(placesOf(met as Meeting, false, null)).toEqual([{ level: 'structural', lines: null, sideLines: null }]);
  });

  it('the same lines: content; lines side by side: adjacent; each place by itself', () => {
    const places = placesOf(byLines, false, [[hunk(2, 4), hunk(10, 11)], [hunk(3, 5), hunk(11, 12), hunk(20, 21)]]);
    expect(places.map(({ level, lines }) => [level, lines])).toEqual([['content', [2, 5]], ['adjacent', [10, 12]]]);
  });

  it('the same change on both sides is no place', () => {
    expect(placesOf(byLines, false, [[hunk(2, 3, '+same'), hunk(8, 9)], [hunk(2, 3, '+same'), hunk(8, 9, 'y')]]).map(({ lines }) => lines)).toEqual([[8, 9]]);
  });

  it('added on both sides: content without lines', () => {
    expect(placesOf(meetings(told('contents', [2, 3]))[0] as Meeting, false, null)).toEqual([{ level: 'content', lines: null, sideLines: null }]);
  });

  it('a lock file is one place however many lines collide; deleted on one side it is structural all the same', () => {
    expect(placesOf(byLines, true, [[hunk(2, 4), hunk(10, 11)], [hunk(2, 4), hunk(10, 11)]]).map(({ level }) => level)).toEqual(['mechanical']);
    expect(placesOf(meetings(told('modify/delete', [1, 2]))[0] as Meeting, true, null).map(({ level }) => level)).toEqual(['structural']);
  });

  it('merged by lines without a stop: advisory, clean', () => {
    const [met] = meetings({ clean: true, stages: [], messages: [{ paths: [path], type: 'Auto-merging', text: '' }] });
    expect(met).toMatchObject({ verdict: 'clean', path });
    expect(placesOf(met as Meeting, false, null)).toMatchObject([{ level: 'advisory' }]);
  });

  it('a file that was put aside is called by its own name', () => {
    const id = 'a'.repeat(40);
    expect([`dir/x~${id}`, `x~${id}_1`, 'x~y', `x~${id}/y`].map((name) => withoutLabel(name as RepoPath, [id]))).toEqual(['dir/x', 'x', 'x~y', `x~${id}/y`]);
  });
});

describe('places where two sides only touch', () => {
  const range = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 4 })).map(([start, length]) => hunk(start, start + length));

  it('have no line and no place between two lines that both change', () => {
    // Twice the lines, so that the places between them are numbers, too.
    const changed = ({ start, end }: PatchHunk): number[] => (start === end ? [2 * start - 1] : Array.from({ length: 2 * (end - start) - 1 }, (_, index) => 2 * start + index));
    fc.assert(fc.property(range, range, (a, b) => {
      const shared = changed(a).some((place) => changed(b).includes(place));
      expect(isOnlyTouching({ start: 1, end: 2, a: [a], b: [b] })).toBe(!shared);
    }));
  });

  it('are the same from either side', () => {
    fc.assert(fc.property(range, range, (a, b) => {
      expect(isOnlyTouching({ start: 1, end: 2, a: [a], b: [b] })).toBe(isOnlyTouching({ start: 1, end: 2, a: [b], b: [a] }));
    }));
  });
});

describe('what two sides are to do', () => {
  const standing = (agent: string | null, more: Partial<Standing> = {}): Standing => ({ agent: agent as AgentId | null, uncommitted: false, ready: false, firstCommitTime: 1, ...more });

  it('with the target: settle it now', () => {
    expect(adviceFor(standing(null), standing('glm', { uncommitted: true }))).toEqual({ kind: 'sync', agent: 'glm', after: null });
  });

  it('one has committed, the other has not: the other can still stop, and waits', () => {
    expect(adviceFor(standing('claude', { uncommitted: true, ready: true }), standing('glm'))).toEqual({ kind: 'wait', agent: 'claude', behind: 'glm' });
  });

  it('both are at it: one hands over to the other', () => {
    expect(adviceFor(standing('claude', { uncommitted: true, firstCommitTime: Infinity }), standing('glm', { uncommitted: true }))).toEqual({ kind: 'hand-over', from: 'claude', to: 'glm' });
  });

  it('both have committed: who is ready lands first, else who began first', () => {
    expect(adviceFor(standing('claude'), standing('glm', { ready: true, firstCommitTime: 9 }))).toEqual({ kind: 'sync', agent: 'claude', after: 'glm' });
    expect(adviceFor(standing('claude', { firstCommitTime: 5 }), standing('glm'))).toEqual({ kind: 'sync', agent: 'claude', after: 'glm' });
  });

  it('is the same whoever is named first', () => {
    const any = (agent: string): fc.Arbitrary<Standing> => fc.record({ uncommitted: fc.boolean(), ready: fc.boolean(), firstCommitTime: fc.constantFrom(1, 2) }).map((more) => standing(agent, more));
    fc.assert(fc.property(any('claude'), any('glm'), (a, b) => { expect(adviceFor(a, b)).toEqual(adviceFor(b, a)); }));
  });
});
