import { costOf, priceOf, type Price } from './prices.ts';
import { addTokens, NO_TOKENS, type Tokens, type Usage } from './tokens.ts';

/** An answer with whose it was and what for; null for a person's own, and for no task. */
export interface Spent extends Usage {
  readonly agent: string | null;
  readonly task: string | null;
}

export interface Sum {
  readonly tokens: Tokens;
  readonly answers: number;
  /** US dollars of all whose price is known. */
  readonly usd: number;
  /** Models without a known price: with any, the sum is only a least. */
  readonly unpriced: readonly string[];
}

export type GroupField = 'agent' | 'model' | 'task';

/** What all answers have cost that agree in some fields. */
export interface SpendingRow extends Sum {
  readonly agent?: string | null;
  readonly model?: string;
  readonly task?: string | null;
}

/** What they cost together; `own` are prices that go before the list's. */
export function sumOf(spent: Iterable<Spent>, own: ReadonlyMap<string, Price>): Sum {
  let [tokens, answers, usd] = [NO_TOKENS, 0, 0];
  const unpriced = new Set<string>();
  const prices = new Map<string, Price | null>();
  for (const one of spent) {
    const known = prices.get(one.model);
    const price = known === undefined ? priceOf(one.model, own) : known;
    prices.set(one.model, price);
    if (price === null) unpriced.add(one.model);
    else usd += costOf(one, price);
    tokens = addTokens(tokens, one);
    answers += 1;
  }
  // Thousands of small amounts add up to a little beside the sum that one would write.
  return { tokens, answers, usd: Math.round(usd * 1e9) / 1e9, unpriced: [...unpriced].sort() };
}

/** A row for each combination of these fields, ordered by them; what is nobody's, or for no task, comes last. */
export function spendingRows(spent: readonly Spent[], fields: readonly GroupField[], own: ReadonlyMap<string, Price>): SpendingRow[] {
  const groups = new Map<string, Spent[]>();
  for (const one of spent) {
    const key = JSON.stringify(fields.map((field) => one[field]));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  // Names begin with a quote in JSON, and so come before null.
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, group]) => {
    const values = JSON.parse(key) as (string | null)[];
    return { ...Object.fromEntries(fields.map((field, index) => [field, values[index]])), ...sumOf(group, own) };
  });
}
