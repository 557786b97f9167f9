/** The payments that bring every balance to zero: whoever owes most pays whoever is owed most, again and again. */
export function settle(balances) {
  const left = [...balances].map(([person, cents]) => ({ person, cents }));
  const payments = [];
  for (;;) {
    left.sort((a, b) => a.cents - b.cents);
    const [debtor] = left;
    const creditor = left.at(-1);
    if (debtor === undefined || debtor.cents >= 0 || creditor.cents <= 0) return payments;
    const cents = Math.min(-debtor.cents, creditor.cents);
    payments.push({ from: debtor.person, to: creditor.person, cents });
    debtor.cents += cents;
    creditor.cents -= cents;
  }
}
