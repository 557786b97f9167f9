import type { Period } from '../core/budgets.ts';

/** When the day, week or month began that it is now, in local time: at midnight, on Monday, on the 1st. Both are epoch milliseconds. */
export function periodBegin(period: Period, now: number): number {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  if (period === 'week') day.setDate(day.getDate() - ((day.getDay() + 6) % 7));
  if (period === 'month') day.setDate(1);
  return day.getTime();
}

/** When the next one begins. */
export function periodEnd(period: Period, now: number): number {
  const day = new Date(periodBegin(period, now));
  if (period === 'month') day.setMonth(day.getMonth() + 1);
  else day.setDate(day.getDate() + (period === 'week' ? 7 : 1));
  return day.getTime();
}
