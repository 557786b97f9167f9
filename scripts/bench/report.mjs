// The report's lines: a figure, its spread, and beside it the budget where it has one.
import { median, middle, quick, spread } from './measure.mjs';

export function heading(text) {
  console.log(`\n${text}`);
}

/** The median of the samples, in milliseconds, and how much they waver. */
export function times(what, samples) {
  line(what, `${median(samples).toFixed(1)} ms`, `± ${spread(samples)} %, a quarter below ${quick(samples).toFixed(1)} ms`);
}

/** A count, or a figure that has no budget. */
export function figure(what, value) {
  line(what, value, '');
}

/** The median of a figure that has a budget: at most `budget`; and between what half of the rounds were. */
export function against(what, samples, unit, budget) {
  const [low, high] = middle(samples);
  const pass = median(samples) <= budget ? 'pass' : 'OVER';
  line(what, show(median(samples), unit), `budget ${show(budget, unit)}: ${pass}, half between ${show(low, unit)} and ${show(high, unit)}`);
}

export function note(text) {
  console.log(`  (${text})`);
}

function line(what, value, beside) {
  console.log(`  ${what.padEnd(52)} ${value.padStart(10)}   ${beside}`.trimEnd());
}

function show(value, unit) {
  return `${value.toFixed(unit === '×' ? 2 : 1)} ${unit}`;
}
