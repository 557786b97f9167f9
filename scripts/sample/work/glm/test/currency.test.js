import assert from 'node:assert/strict';
import test from 'node:test';
import { formatAmount } from '../src/money.js';

test('an amount is written with its currency', () => {
  assert.equal(formatAmount(1250, 'EUR'), '12.50 EUR');
});
