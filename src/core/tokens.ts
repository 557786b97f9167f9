/** How many tokens a model read and wrote; input without what came from, or went into, the provider's cache. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
  /** Written to the cache for the usual time. */
  readonly cacheWrite: number;
  /** Written to it for an hour, which costs more. */
  readonly cacheWriteLong: number;
  readonly cacheRead: number;
}

/** One answer of a model, as a client's own records tell of it. */
export interface Usage extends Tokens {
  /** Two records with the same id are the same answer; null where it has none. */
  readonly id: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly model: string;
}

export const NO_TOKENS: Tokens = { input: 0, output: 0, cacheWrite: 0, cacheWriteLong: 0, cacheRead: 0 };

export function addTokens(a: Tokens, b: Tokens): Tokens {
  return {
    input: a.input + b.input, output: a.output + b.output,
    cacheWrite: a.cacheWrite + b.cacheWrite, cacheWriteLong: a.cacheWriteLong + b.cacheWriteLong, cacheRead: a.cacheRead + b.cacheRead,
  };
}

/** What the model read for it. */
export function promptTokens({ input, cacheWrite, cacheWriteLong, cacheRead }: Tokens): number {
  return input + cacheWrite + cacheWriteLong + cacheRead;
}

/**
 * Each answer once: clients write one several times, while it streams, for each of its parts, and again in the record of a
 * session that goes on from another. The one with the most output is the whole; it counts at the first time.
 */
export function eachOnce<One extends Usage>(usages: Iterable<One>): One[] {
  const known = new Map<string, number>();
  const kept: One[] = [];
  for (const usage of usages) {
    const at = usage.id === null ? undefined : known.get(usage.id);
    const before = at === undefined ? undefined : kept[at];
    if (at !== undefined && before !== undefined) {
      kept[at] = { ...(usage.output > before.output ? usage : before), at: Math.min(usage.at, before.at) };
      continue;
    }
    if (usage.id !== null) known.set(usage.id, kept.length);
    kept.push(usage);
  }
  return kept;
}

/** The answers of a session that began with the history of another, without those that both have: it repeats them with other times. */
export function withoutHistory<One extends Tokens>(answers: readonly One[], earlier: readonly Tokens[]): One[] {
  const own = answers.findIndex((one, index) => !isSame(one, earlier[index]));
  return own < 0 ? [] : answers.slice(own);
}

function isSame(a: Tokens, b: Tokens | undefined): boolean {
  return b !== undefined && a.input === b.input && a.output === b.output && a.cacheWrite === b.cacheWrite && a.cacheWriteLong === b.cacheWriteLong && a.cacheRead === b.cacheRead;
}
