/** Local time as `2026-01-15 10:30`, from epoch milliseconds. */
export function localMinute(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return Number.isNaN(local.getTime()) ? '0000-00-00 00:00' : local.toISOString().slice(0, 16).replace('T', ' ');
}
