import { closeSync, openSync, readSync } from 'node:fs';

const PIECE = 1 << 20;
/** A longer line is passed over: no record of use has a megabyte, and a broken one may have no end. */
const LONGEST_LINE = 32 << 20;

/**
 * Calls `onLine` with each line of a file, without its line break, in bounded memory however large the file is; false ends the
 * reading. `whole` is false for a last line that has no line break: it may still be written. The bytes are lent for the call
 * only. Returns how many lines were too long to be read.
 */
export function readLines(path: string, onLine: (line: Buffer, whole: boolean) => boolean): number {
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.allocUnsafe(PIECE);
    let [tooLong, restLength, skipping] = [0, 0, false];
    let rest: Buffer[] = [];
    for (;;) {
      const read = readSync(file, piece, 0, PIECE, null);
      if (read === 0) break;
      const fresh = piece.subarray(0, read);
      let start = 0;
      for (let stop = fresh.indexOf(0x0a); stop >= 0; stop = fresh.indexOf(0x0a, start)) {
        const line = rest.length === 0 ? fresh.subarray(start, stop) : Buffer.concat([...rest, fresh.subarray(start, stop)]);
        start = stop + 1;
        [rest, restLength] = [[], 0];
        if (skipping) tooLong += 1;
        else if (!onLine(line, true)) return tooLong;
        skipping = false;
      }
      if (!skipping && start < read) {
        rest.push(Buffer.from(fresh.subarray(start)));
        restLength += read - start;
      }
      if (restLength > LONGEST_LINE) [rest, restLength, skipping] = [[], 0, true];
    }
    if (skipping) return tooLong + 1;
    if (rest.length > 0) onLine(Buffer.concat(rest), false);
    return tooLong;
  } finally {
    closeSync(file);
  }
}
