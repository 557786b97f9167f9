// Prints how fast it is, as ratios measured in one run: npm run bench -- [--only NAME] [--runs N]
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { commit } from './bench/commit.mjs';
import { gateRuns, growth, integrate } from './bench/integrate.mjs';
import { journal } from './bench/journal.mjs';
import { machine } from './bench/measure.mjs';
import { radar } from './bench/radar.mjs';
import { startUp } from './bench/start-up.mjs';
import { windows } from './bench/windows.mjs';

const BENCHES = { start: startUp, commit, integrate, growth, gates: gateRuns, radar, windows, journal };

const { values } = parseArgs({ options: { only: { type: 'string' }, runs: { type: 'string', default: '21' } } });
const runs = Number(values.runs);
const chosen = values.only === undefined ? Object.keys(BENCHES) : [values.only];
if (!Number.isInteger(runs) || runs < 1 || chosen.some((name) => !Object.hasOwn(BENCHES, name))) {
  console.error(`usage: npm run bench -- [--only ${Object.keys(BENCHES).join('|')}] [--runs N]`);
  process.exit(2);
}

console.log(machine(execFileSync('git', ['version'], { encoding: 'utf8' }).trim()));
console.log('medians; ± is the width of the middle half of the runs');
for (const name of chosen) BENCHES[name](runs);
