import assert from 'node:assert/strict';
import test from 'node:test';
import { settle } from '../src/settle.js';

test('two debtors pay one creditor', () => {
  assert.deepEqual(settle(new Map([['Ann', -2600], ['Ben', -1150], ['Cleo', 3750]])), [
    { from: 'Ann', to: 'Cleo', cents: 2600 },
    { from: 'Ben', to: 'Cleo', cents: 1150 },
  ]);
});

test('where nobody owes anything, nobody pays', () => {
  assert.deepEqual(settle(new Map([['Ann', 0]])), []);
});
