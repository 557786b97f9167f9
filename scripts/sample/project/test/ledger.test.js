import assert from 'node:assert/strict';
import test from 'node:test';
import { parseLedger } from '../src/ledger.js';

test('each line is an expense', () => {
  assert.deepEqual(parseLedger('# a trip\n\nAnn paid 10.00 for the bus: Ann, Ben\n'), [
    { payer: 'Ann', cents: 1000, what: 'the bus', sharers: ['Ann', 'Ben'] },
  ]);
});

test('a line that is no expense is named', () => {
  assert.throws(() => parseLedger('Ann paid nothing'), /line 1 is no expense/);
});
