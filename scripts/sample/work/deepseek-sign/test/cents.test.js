import assert from 'node:assert/strict';
import test from 'node:test';
import { balancesOf } from '../src/balances.js';
import { formatAmount } from '../src/money.js';

test('no cent is lost where an expense cannot be shared evenly', () => {
  const balances = balancesOf([{ payer: 'Ann', cents: 1000, sharers: ['Ann', 'Ben', 'Cleo'] }]);
  assert.deepEqual([...balances], [['Ann', 666], ['Ben', -333], ['Cleo', -333]]);
});

test('an amount below zero has one sign, in front', () => {
  assert.equal(formatAmount(-5), '-0.05');
  assert.equal(formatAmount(-2598), '-25.98');
});
