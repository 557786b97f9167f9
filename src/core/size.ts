const UNITS: ReadonlyMap<string, number> = new Map([['b', 1], ['kb', 1e3], ['mb', 1e6], ['gb', 1e9], ['tb', 1e12]]);

/** Bytes of `500MB`, `1.5 GB`, `64kB` or of a bare number; null where the text is none of these. */
export function parseSize(text: string): number | null {
  const [, count, unit = 'b'] = /^(\d{1,9}(?:\.\d{1,3})?) ?([kmgt]?b)?$/i.exec(text) ?? [];
  return count === undefined ? null : Math.round(Number(count) * (UNITS.get(unit.toLowerCase()) ?? 0));
}
