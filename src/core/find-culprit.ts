/** Branches to be gated together: positions in the order of landing; none of them is the target as it is. */
export type Probe = readonly number[];

export type Finding =
  /** The whole stack passed when it was asked again: the gate answers now so, now so. */
  | { readonly kind: 'flaky' }
  /** The target does not pass by itself: no branch is to blame. */
  | { readonly kind: 'red-base' }
  /** The branch that makes the stack below it red; `partner` is the branch below without which it passes. */
  | { readonly kind: 'culprit'; readonly position: number; readonly partner: number | null };

/** Up to this many branches the target is gated first; with more, the search itself finds a red target in as many runs. */
const BASE_FIRST = 8;

/**
 * Finds, in a stack of `count` branches that was red once, the first branch to blame. Yields what is to be gated next and
 * takes whether it passed. `good` branches from the first on are known to pass together; null where not even the target is.
 * A branch is blamed only on top of what passed, and only where a second run says so too.
 */
export function* findCulprit(count: number, good: number | null): Generator<Probe, Finding, boolean> {
  if (yield firstOf(count)) return { kind: 'flaky' };
  let passed = good;
  if (passed === null && count <= BASE_FIRST) {
    if (!(yield [])) return { kind: 'red-base' };
    passed = 0;
  }
  for (;;) {
    let red = count;
    while (red - (passed ?? 0) > 1) {
      const middle = Math.floor(((passed ?? 0) + red) / 2);
      if (yield firstOf(middle)) passed = middle;
      else red = middle;
    }
    const searchedBase = passed === null;
    if (passed === null) {
      if (!(yield [])) return { kind: 'red-base' };
      passed = 0;
    }
    const position = red - 1;
    // Alone in its stack it was asked twice already; where the target came last in a full tree of halves, the runs are used up.
    const asked = position === 0 && (count === 1 || (searchedBase && isPowerOfTwo(count)));
    if (asked || !(yield [position])) return { kind: 'culprit', position, partner: null };
    // It passes alone: either it does not go with a branch below it, or the gate wavers.
    if (position > 0 && !(yield firstOf(red))) return { kind: 'culprit', position, partner: yield* findPartner(position) };
    if (red === count) return { kind: 'flaky' };
    passed = red;
  }
}

function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}

/** The first branch below with which the one at `position` is red, knowing that it passes alone and is red with all. */
function* findPartner(position: number): Generator<Probe, number, boolean> {
  let passed = 0;
  let red = position;
  while (red - passed > 1) {
    const middle = Math.floor((passed + red) / 2);
    if (yield [...firstOf(middle), position]) passed = middle;
    else red = middle;
  }
  return red - 1;
}

function firstOf(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
