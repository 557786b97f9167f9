import type { Reach } from '../../core/budgets.ts';
import type { Sum } from '../../core/spending.ts';

/** `usd` is null where no part of it is known, and only a least where `unpriced` names a model. */
export function sumJson({ tokens, answers, usd, unpriced }: Sum): Record<string, unknown> {
  return { answers, tokens, usd: unpriced.length > 0 && usd === 0 ? null : usd, atLeast: unpriced.length > 0, unpriced };
}

/** A budget, in whose configuration it stands, and how much of it is used. `allowed` is whether a person let the agent go on over it. */
export function reachJson({ whose, budget, since, sum, state, allowed }: Reach): Record<string, unknown> {
  return { of: whose ?? 'team', amount: budget.amount, per: budget.per, whenSpent: budget.action, from: budget.isUsers === true ? 'user' : 'project', since: since === null ? null : new Date(since).toISOString(), ...sumJson(sum), state, allowed };
}
