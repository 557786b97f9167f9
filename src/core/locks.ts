import { mayOverlap, parsePathspec, type Pathspec } from './pathspec.ts';

/** A claim on the paths that a pattern matches: nobody else's work changes them while it lives. */
export interface Lock {
  /** An agent's id, or `human`. */
  readonly holder: string;
  /** A pathspec from the worktree's top on, in the form of `pathspecText`. */
  readonly pattern: string;
  /** Whether it named one tracked file when it was given. */
  readonly file: boolean;
  readonly why: string | null;
  /** Since when and until when, epoch milliseconds. */
  readonly at: number;
  readonly until: number;
}

export interface LockWish {
  readonly holder: string;
  readonly patterns: readonly Pick<Lock, 'pattern' | 'file'>[];
  readonly why: string | null;
  readonly at: number;
  readonly until: number;
}

/** What came of a wish: `locks` are all that live from then on; `held` are the others' that stand against it. */
export type LockPlan =
  | { readonly kind: 'given'; readonly locks: readonly Lock[]; readonly given: readonly Lock[]; readonly renewed: number }
  | { readonly kind: 'held'; readonly held: readonly Lock[] };

/** Gives all that is wished, or nothing where another holder's lock may match one path of it. One's own is renewed. */
export function planLock(live: readonly Lock[], wish: LockWish): LockPlan {
  const patterns = [...new Map(wish.patterns.map((one) => [one.pattern, one])).values()];
  const held = live.filter((lock) => lock.holder !== wish.holder && patterns.some((one) => overlap(one, lock)));
  if (held.length > 0) return { kind: 'held', held };
  const own = new Map(live.filter(({ holder }) => holder === wish.holder).map((lock) => [lock.pattern, lock]));
  const given = patterns.map(({ pattern, file }) => ({ holder: wish.holder, pattern, file, why: wish.why ?? own.get(pattern)?.why ?? null, at: own.get(pattern)?.at ?? wish.at, until: wish.until }));
  const others = live.filter((lock) => lock.holder !== wish.holder || patterns.every(({ pattern }) => pattern !== lock.pattern));
  return { kind: 'given', locks: [...others, ...given], given, renewed: patterns.filter(({ pattern }) => own.has(pattern)).length };
}

/** Those that have not expired and whose holder is still here: `since` says from when each holder has been. */
export function liveLocks(locks: readonly Lock[], now: number, since: ReadonlyMap<string, number>): Lock[] {
  return locks.filter(({ holder, at, until }) => until > now && (since.get(holder) ?? Number.POSITIVE_INFINITY) <= at);
}

function overlap(a: Pick<Lock, 'pattern' | 'file'>, b: Lock): boolean {
  const [one, other] = [specOf(a), specOf(b)];
  // What cannot be read may match anything.
  return one === null || other === null || mayOverlap(one, other);
}

function specOf({ pattern, file }: Pick<Lock, 'pattern' | 'file'>): Pathspec | null {
  const parsed = parsePathspec(pattern);
  return typeof parsed === 'string' ? null : { ...parsed, file };
}

/** The locks that may match a path, from the worktree's top on; of a folder also those on what lies in it. */
export function locksOn(locks: readonly Lock[], path: string, isFile: boolean): Lock[] {
  const literal = { magic: ['literal'], path, file: isFile };
  return locks.filter((lock) => {
    const spec = specOf(lock);
    return spec === null || mayOverlap(spec, literal);
  });
}
