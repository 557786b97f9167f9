import { formatAmount } from './money.js';

/** A line for each person, in the order of their names. */
export function balanceLines(balances) {
  return [...balances.keys()].sort().map((person) => `${person}: ${formatAmount(balances.get(person))}`);
}
