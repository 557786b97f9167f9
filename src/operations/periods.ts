import type { Period } from '../core/budgets.ts';

/** When the day, week or month began that it is now, in local time: at midnight, on Monday, on the 1st. Both are epoch milliseconds. */
export function periodBegin(period: Period, now: number): number {
  return beginAfter(period, now, 0);
}

/** When the next one begins. */
export function periodEnd(period: Period, now: number): number {
  return beginAfter(period, now, 1);
}

/** So many periods on. Counted in days of the calendar: where clocks change at midnight a day begins at another hour. */
function beginAfter(period: Period, now: number, count: number): number {
  const today = new Date(now);
  const [year, month, day] = [today.getFullYear(), today.getMonth(), today.getDate()];
  switch (period) {
    case 'day': return new Date(year, month, day + count).getTime();
    case 'week': return new Date(year, month, day - ((today.getDay() + 6) % 7) + 7 * count).getTime();
    case 'month': return new Date(year, month + count, 1).getTime();
  }
}
