const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A number of bytes with two digits that matter: `512 B`, `1.2 MB`. */
export function renderBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}
