import type { Budget, Reach } from './budgets.ts';
import type { Sum } from './spending.ts';
import { escapeText } from './text.ts';

/** An amount whose parts are not all known is a least, or unknown; never nothing. */
export function moneyText({ usd, unpriced }: Pick<Sum, 'usd' | 'unpriced'>): string {
  if (unpriced.length > 0) return usd < 0.01 ? 'unknown' : `at least ${dollars(usd)}`;
  return usd > 0 && usd < 0.01 ? 'less than $0.01' : dollars(usd);
}

/** `$5.00 a day`. */
export function budgetText({ amount, per }: Pick<Budget, 'amount' | 'per'>): string {
  return `${amount < 0.01 ? `$${amount}` : dollars(amount)} ${per === null ? 'altogether' : `a ${escapeText(per)}`}`;
}

/** `glm's budget of $5.00 a day`. */
export function budgetName({ whose, budget }: Pick<Reach, 'whose'> & { readonly budget: Pick<Budget, 'amount' | 'per'> }): string {
  return `${whose === null ? "the team's" : `${escapeText(whose)}'s`} budget of ${budgetText(budget)}`;
}

/** `$4.10 of $5.00 a day`. */
export function usedText({ sum, budget }: Pick<Reach, 'sum' | 'budget'>): string {
  return `${moneyText(sum)} of ${budgetText(budget)}`;
}

function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}
