#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { balancesOf } from './balances.js';
import { parseLedger } from './ledger.js';
import { balanceLines } from './report.js';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node src/main.js LEDGER');
  process.exit(2);
}

const balances = balancesOf(parseLedger(readFileSync(file, 'utf8')));
for (const line of balanceLines(balances)) console.log(line);
