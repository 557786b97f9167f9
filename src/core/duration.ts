const UNITS: ReadonlyMap<string, number> = new Map([['s', 1000], ['m', 60_000], ['h', 3_600_000], ['d', 86_400_000]]);

/** Milliseconds of `90s`, `10m`, `2h`, `1d` or of a bare number of seconds; null where the text is none of these. */
export function parseDuration(text: string): number | null {
  const [, count, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text) ?? [];
  return count === undefined ? null : Number(count) * (UNITS.get(unit) ?? 0);
}
