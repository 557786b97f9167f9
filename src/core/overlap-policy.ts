import type { RepoPath } from './ids.ts';
import { pathMatcher } from './path-patterns.ts';

export const OVERLAP_WORDS = ['warn', 'block', 'off'] as const;

/** What a commit meets that would conflict with another agent's unlanded work. */
export type OverlapWord = (typeof OVERLAP_WORDS)[number];

/** Patterns as in .gitignore and what commits that touch such paths meet; of several that fit, the last counts. */
export type OverlapPolicy = ReadonlyMap<string, OverlapWord>;

/** What paths meet that no pattern fits. */
const OTHERWISE: OverlapWord = 'warn';

/** The policy that is the same for every path. */
export function oneForAll(word: OverlapWord): OverlapPolicy {
  return new Map([['*', word]]);
}

/** What a commit that touches a path meets. */
export function wordFor(policy: OverlapPolicy): (path: RepoPath) => OverlapWord {
  const rules = [...policy].toReversed().map(([pattern, word]) => ({ fits: pathMatcher([pattern]), word }));
  return (path) => rules.find(({ fits }) => fits(path))?.word ?? OTHERWISE;
}

/** The strictest that any path could meet: all that the hooks need to know before they know of a path that is shared. */
export function strictest(policy: OverlapPolicy): OverlapWord {
  const words = new Set([...policy.values(), ...(policy.has('*') ? [] : [OTHERWISE])]);
  return words.has('block') ? 'block' : words.has('warn') ? 'warn' : 'off';
}

/** The text as such a word; null where it is none. */
export function overlapWord(value: string | undefined): OverlapWord | null {
  return OVERLAP_WORDS.find((word) => word === value) ?? null;
}
