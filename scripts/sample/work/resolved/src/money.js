// Amounts are whole cents, so that adding them up never rounds.

/** The cents in a text such as `12.50` or `12`. */
export function parseAmount(text) {
  const found = /^(\d+)(?:\.(\d\d))?$/.exec(text);
  if (found === null) throw new Error(`not an amount: ${text}`);
  return Number(found[1]) * 100 + Number(found[2] ?? 0);
}

/** The amount as text: 1250 is `12.50`, -5 is `-0.05`, and with a currency `12.50 EUR`. */
export function formatAmount(cents, currency = process.env.SPLITBILL_CURRENCY) {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.floor(Math.abs(cents) / 100);
  const rest = String(Math.abs(cents) % 100).padStart(2, '0');
  const amount = `${sign}${whole}.${rest}`;
  return currency === undefined ? amount : `${amount} ${currency}`;
}
