import assert from 'node:assert/strict';
import test from 'node:test';
import { formatAmount, parseAmount } from '../src/money.js';

test('an amount is read as cents', () => {
  assert.equal(parseAmount('12.50'), 1250);
  assert.equal(parseAmount('7'), 700);
});

test('what is no amount is refused', () => {
  for (const text of ['', 'ten', '1.5', '-3']) assert.throws(() => parseAmount(text), /not an amount/);
});

test('cents are written with two digits', () => {
  assert.equal(formatAmount(1250), '12.50');
  assert.equal(formatAmount(5), '0.05');
});
