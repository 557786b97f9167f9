import { closeSync, openSync, readSync } from 'node:fs';

const PIECE = 1 << 20;
/** Enough to tell whose a file is, where nothing more is wanted of it. */
const FIRST_PIECE = 1 << 16;
/** A longer line is passed over: no record of use has a megabyte, and a broken one may have no end. */
const LONGEST_LINE = 32 << 20;

/** How far a file was read. */
export interface LinesRead {
  /** Lines that were too long, those included that had not ended. */
  readonly tooLong: number;
  /** Of these the ones before `end`. */
  readonly tooLongEnded: number;
  /** The byte offset behind the last line that has a line break. */
  readonly end: number;
}

/**
 * Calls `onLine` with each line of a file from the byte offset `from` on, without its line break, in bounded memory however large
 * the file is; false ends the reading. `whole` is false for a last line that has no line break: it may still be written. The bytes
 * are lent for the call only.
 */
export function readLines(path: string, from: number, onLine: (line: Buffer, whole: boolean) => boolean): LinesRead {
  const file = openSync(path, 'r');
  try {
    let piece = Buffer.allocUnsafe(FIRST_PIECE);
    let [tooLong, end, at, restLength, skipping] = [0, from, from, 0, false];
    let rest: Buffer[] = [];
    for (;;) {
      const read = readSync(file, piece, 0, piece.length, at);
      if (read === 0) break;
      const fresh = piece.subarray(0, read);
      let start = 0;
      for (let stop = fresh.indexOf(0x0a); stop >= 0; stop = fresh.indexOf(0x0a, start)) {
        const line = rest.length === 0 ? fresh.subarray(start, stop) : Buffer.concat([...rest, fresh.subarray(start, stop)]);
        start = stop + 1;
        end = at + start;
        [rest, restLength] = [[], 0];
        if (skipping) tooLong += 1;
        else if (!onLine(line, true)) return { tooLong, tooLongEnded: tooLong, end };
        skipping = false;
      }
      if (!skipping && start < read) {
        rest.push(Buffer.from(fresh.subarray(start)));
        restLength += read - start;
      }
      if (restLength > LONGEST_LINE) [rest, restLength, skipping] = [[], 0, true];
      at += read;
      if (piece.length < PIECE) piece = Buffer.allocUnsafe(PIECE);
    }
    if (rest.length > 0) onLine(Buffer.concat(rest), false);
    return { tooLong: skipping ? tooLong + 1 : tooLong, tooLongEnded: tooLong, end };
  } finally {
    closeSync(file);
  }
}
