import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCulprit, type Finding, type Probe } from '../../src/core/find-culprit.ts';

/** Plays the search with a gate that answers by this rule, and counts what it asked. */
function search(count: number, passes: (probe: Probe) => boolean, good: number | null = null): { finding: Finding; runs: number } {
  const steps = findCulprit(count, good);
  let runs = 0;
  for (let step = steps.next(); ; ) {
    if (step.done === true) return { finding: step.value, runs };
    runs += 1;
    step = steps.next(passes(step.value));
  }
}

const counts = fc.integer({ min: 1, max: 40 });

describe('which branch makes a stack red', () => {
  it('one bad branch is found wherever it stands', () => {
    fc.assert(fc.property(counts.chain((count) => fc.tuple(fc.constant(count), fc.integer({ min: 0, max: count - 1 }))), ([count, bad]) => {
      const { finding } = search(count, (probe) => !probe.includes(bad));
      expect(finding).toEqual({ kind: 'culprit', position: bad, partner: null });
    }));
  });

  it('of two that pass alone and fail together the later one is found and the earlier one named', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 40 }).chain((count) => fc.tuple(fc.constant(count), fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { minLength: 2, maxLength: 2 }))), ([count, pair]) => {
      const [first, second] = [Math.min(...pair), Math.max(...pair)];
      const { finding } = search(count, (probe) => !(probe.includes(first) && probe.includes(second)));
      expect(finding).toEqual({ kind: 'culprit', position: second, partner: first });
    }));
  });

  it('of several bad ones the first is found: nobody is blamed behind another that is undecided', () => {
    fc.assert(fc.property(counts.chain((count) => fc.tuple(fc.constant(count), fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { minLength: 1 }))), ([count, bad]) => {
      const { finding } = search(count, (probe) => !probe.some((position) => bad.includes(position)));
      expect(finding).toEqual({ kind: 'culprit', position: Math.min(...bad), partner: null });
    }));
  });

  it('a red target is told apart from every branch', () => {
    fc.assert(fc.property(counts, (count) => {
      expect(search(count, () => false).finding).toEqual({ kind: 'red-base' });
    }));
  });

  it('whatever the rule is, who is blamed was red on top of what passed', () => {
    fc.assert(fc.property(counts, fc.func(fc.boolean()), (count, answer) => {
      const seen = new Map<string, boolean>();
      const passes = (probe: Probe): boolean => {
        const passed = probe.length === 0 || (probe.length < count && answer(probe));
        seen.set(probe.join(), passed);
        return passed;
      };
      const { finding } = search(count, passes);
      if (finding.kind !== 'culprit') throw new Error(finding.kind);
      const below = Array.from({ length: finding.position }, (_, index) => index);
      expect(seen.get(below.join())).toBe(true);
      expect(seen.get([...below, finding.position].join())).toBe(false);
    }));
  });

  it('passing when asked again is a flaky gate, and ends the search', () => {
    expect(search(5, () => true)).toEqual({ finding: { kind: 'flaky' }, runs: 1 });
  });

  it('a gate that wavers in the middle of the search blames nobody', () => {
    let runs = 0;
    // Red for the whole stack and once for every half; green from the fourth run on.
    expect(search(4, () => (runs += 1) === 2 || runs > 3).finding).toEqual({ kind: 'flaky' });
  });

  // Seen to fail without asking once more for the first branch: it was blamed for the second one's fault.
  it('red once for the first branch alone, which is innocent: the one behind it is found', () => {
    const wavering = (): ((probe: Probe) => boolean) => {
      let asked = 0;
      return (probe) => (probe.join() === '0' ? (asked += 1) > 1 : !probe.includes(1));
    };
    for (const count of [2, 3, 4, 8, 9, 15, 17, 40]) expect([count, search(count, wavering()).finding]).toEqual([count, { kind: 'culprit', position: 1, partner: null }]);
    expect(search(16, wavering(), 0).finding).toEqual({ kind: 'culprit', position: 1, partner: null });
  });

  it('one of sixteen: with the first run and the last one at most eight', () => {
    for (let bad = 0; bad < 16; bad += 1) expect(search(16, (probe) => !probe.includes(bad)).runs + 2).toBeLessThanOrEqual(8);
  });
});
