/** What each person is owed (or owes, below zero) in cents, by name. */
export function balancesOf(expenses) {
  const balances = new Map();
  const add = (person, cents) => balances.set(person, (balances.get(person) ?? 0) + cents);
  for (const { payer, cents, sharers } of expenses) {
    add(payer, cents);
    const share = Math.floor(cents / sharers.length);
    // Cents that cannot be shared evenly go to those who are named first, one each.
    const over = cents % sharers.length;
    sharers.forEach((person, index) => add(person, -(index < over ? share + 1 : share)));
  }
  return balances;
}
