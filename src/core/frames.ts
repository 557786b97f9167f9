/** A stretch of a journal; a torn one is a write that was cut short, or bytes that are none of ours. */
export interface Stretch {
  /** Byte offset in the text that was parsed. */
  readonly at: number;
  readonly length: number;
}

export interface Frames {
  /** Parsed JSON values with the byte offsets and lengths of their frames. */
  readonly values: readonly (Stretch & { readonly value: unknown })[];
  readonly torn: readonly Stretch[];
  /** How far the text can be counted as read: a last frame without its line break may still be growing. */
  readonly end: number;
}

const START = '\u001e';

/** One JSON text as RFC 7464 frames it: record separator, JSON, line feed. */
export function frame(value: unknown): string {
  return `${START}${JSON.stringify(value)}\n`;
}

/** Parses framed JSON from bytes (one character a byte); a torn frame costs only itself. */
export function parseFrames(bytes: string, decode: (bytes: string) => string): Frames {
  const values: (Stretch & { value: unknown })[] = [];
  const torn: Stretch[] = [];
  let at = 0;
  while (at < bytes.length) {
    const next = bytes.indexOf(START, at + 1);
    const stop = next < 0 ? bytes.length : next;
    const text = bytes.slice(at, stop);
    if (next < 0 && text.startsWith(START) && !text.endsWith('\n')) return { values, torn, end: at };
    const value = text.startsWith(START) && text.endsWith('\n') ? parseJson(decode(text.slice(1))) : undefined;
    if (value === undefined) torn.push({ at, length: text.length });
    else values.push({ at, length: text.length, value });
    at = stop;
  }
  return { values, torn, end: at };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
