// Samples of several ways of doing a thing, taken in turn, so that whatever else the machine does falls on all alike.
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

/** Runs each way once in every round, the order turned by one from round to round; a first round warms up and is dropped. */
export function inTurn(rounds, ways) {
  const names = Object.keys(ways);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (let index = 0; index < names.length; index += 1) {
      const name = names[(round + index) % names.length];
      const sample = ways[name]();
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
}

/** Milliseconds that `work` takes by the clock. */
export function wallMs(work) {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

export function median(samples) {
  return quantile(samples, 0.5);
}

/** One against another of the same round, by the round: what slows a whole round down is on both sides. */
export function more(samples, than) {
  return samples.map((sample, round) => sample - than[round]);
}

/** The same as a ratio. */
export function ratio(samples, than) {
  return samples.map((sample, round) => sample / than[round]);
}

/** The bounds of the middle half. */
export function middle(samples) {
  return [quantile(samples, 0.25), quantile(samples, 0.75)];
}

/** What the quickest quarter of the runs stays below: nearer to the thing itself on a busy machine. */
export function quick(samples) {
  return quantile(samples, 0.25);
}

/** The middle half's width in percent of the median: how much the machine wavers from run to run. */
export function spread(samples) {
  return Math.round((100 * (quantile(samples, 0.75) - quantile(samples, 0.25))) / median(samples));
}

function quantile(samples, part) {
  const sorted = [...samples].sort((a, b) => a - b);
  const place = part * (sorted.length - 1);
  const low = sorted[Math.floor(place)];
  return low + (sorted[Math.ceil(place)] - low) * (place % 1);
}

/** What the numbers were measured on. */
export function machine(gitVersion) {
  const linux = readIfThere('/proc/cpuinfo').match(/model name\s*: (.*)/)?.[1] ?? process.platform;
  return `${availableParallelism()} cores (${linux}), load ${loadavg()[0].toFixed(1)}, Node ${process.versions.node}, ${gitVersion}`;
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
