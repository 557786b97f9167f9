import assert from 'node:assert/strict';
import test from 'node:test';
import { balancesOf } from '../src/balances.js';
import { balanceLines } from '../src/report.js';

test('who paid for two is owed the half', () => {
  const balances = balancesOf([{ payer: 'Ann', cents: 1000, sharers: ['Ann', 'Ben'] }]);
  assert.deepEqual([...balances], [['Ann', 500], ['Ben', -500]]);
});

test('people are listed by name', () => {
  assert.deepEqual(balanceLines(new Map([['Ben', 250], ['Ann', 500]])), ['Ann: 5.00', 'Ben: 2.50']);
});
