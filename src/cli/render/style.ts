/** How text may look on this stream: colour only on a terminal, and never against NO_COLOR (no-color.org). */
export interface Style {
  /** Columns to fill at most; Infinity where the output is no terminal. */
  readonly width: number;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

export function styleFor(stream: { isTTY?: boolean; columns?: number }, env: Readonly<Record<string, string | undefined>>): Style {
  const terminal = stream.isTTY === true;
  const colour = terminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const paint = (open: number, close: number) => (text: string): string => (colour && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text);
  return {
    width: terminal ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY,
    bold: paint(1, 22), dim: paint(2, 22), red: paint(31, 39), green: paint(32, 39), yellow: paint(33, 39), cyan: paint(36, 39),
  };
}
