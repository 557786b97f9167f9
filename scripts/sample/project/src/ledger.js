import { parseAmount } from './money.js';

const EXPENSE = /^(\S+) paid (\S+) for (.+): (.+)$/;

/** The expenses in a ledger, one a line; empty lines and those that begin with # are skipped. */
export function parseLedger(text) {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const found = EXPENSE.exec(line);
    if (found === null) throw new Error(`line ${index + 1} is no expense: ${line}`);
    const [, payer, amount, what, sharers] = found;
    return [{ payer, cents: parseAmount(amount), what, sharers: sharers.split(',').map((name) => name.trim()) }];
  });
}
