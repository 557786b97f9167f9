/** One conflict in a file that git marked in diff3 style: the lines of each side, line breaks kept. Text is bytes (latin1). */
export interface MarkedConflict {
  readonly first: readonly string[];
  readonly base: readonly string[];
  readonly second: readonly string[];
}

/** The conflicts in a marked file, in order; markers are exactly `size` characters long. */
export function markedConflicts(text: string, size: number): MarkedConflict[] {
  return markedParts(text, size).filter((part) => typeof part !== 'string');
}

/** A marked file in parts: the text between its conflicts, and these. */
export function markedParts(text: string, size: number): (string | MarkedConflict)[] {
  const parts: (string | MarkedConflict)[] = [];
  let plain: string[] = [];
  let current: { first: string[]; base: string[]; second: string[] } | null = null;
  let raw: string[] = [];
  let side: 'first' | 'base' | 'second' = 'first';
  for (const line of linesOf(text)) {
    raw.push(line);
    if (current === null) {
      if (isMarker(line, '<', size)) {
        current = { first: [], base: [], second: [] };
        side = 'first';
      } else plain.push(...raw);
      if (current === null) raw = [];
    } else if (side === 'first' && isMarker(line, '|', size)) side = 'base';
    else if (side !== 'second' && isMarker(line, '=', size)) side = 'second';
    else if (side === 'second' && isMarker(line, '>', size)) {
      if (plain.length > 0) parts.push(plain.join(''));
      parts.push(current);
      [plain, raw, current] = [[], [], null];
    } else current[side].push(line);
  }
  // What begins like a conflict and never ends is text.
  plain.push(...raw);
  if (plain.length > 0) parts.push(plain.join(''));
  return parts;
}

/** The numbers, from 1, of the lines that are in no conflict; markers have `size` characters. */
export function plainLines(text: string, size: number): Set<number> {
  const plain = new Set<number>();
  let at = 1;
  for (const part of markedParts(text, size)) {
    const count = typeof part === 'string' ? linesOf(part).length : part.first.length + part.base.length + part.second.length + MARKERS;
    if (typeof part === 'string') for (let number = at; number < at + count; number += 1) plain.add(number);
    at += count;
  }
  return plain;
}

/** Lines that begin, part and end a conflict in diff3 style. */
const MARKERS = 4;

/** Whether a line of the text would be taken for a marker of this size. */
export function hasMarker(text: string, size: number): boolean {
  return linesOf(text).some((line) => ['<', '|', '=', '>'].some((character) => isMarker(line, character, size)));
}

function isMarker(line: string, character: string, size: number): boolean {
  return line.startsWith(character.repeat(size)) && (line.length === size || [' ', '\n', '\r'].includes(line.charAt(size)));
}

/** The text's lines with their line breaks. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * The file with the labels of git's markers replaced: `HEAD` becomes `first`, and the other side's becomes `second`; git
 * adds `:PATH` to both where a rename was found.
 * Only whole conflicts are touched, so a line of the file that looks like one marker stays as it is.
 */
export function relabelConflicts(text: string, first: string, second: string): string {
  return text.replace(
    /^(<{7,}) HEAD(?::[^\n]*?)?(\r?\n)((?:(?!<{7,} HEAD[:\r\n])[^\n]*\n)*?)(>{7,}) [^\n]*?(\r?\n|$)/gm,
    (_whole, open: string, end: string, body: string, close: string, last: string) => `${open} ${first}${end}${body}${close} ${second}${last}`,
  );
}

/**
 * The numbers, from 1, of the lines that begin or end a conflict as `relabelConflicts` names its sides: `<<<<<<< glm`,
 * `>>>>>>> main`. Text and names are bytes (latin1).
 */
export function markerLines(text: string, names: readonly string[]): number[] {
  const sides = new Set(names);
  return linesOf(text).flatMap((line, index) => {
    const name = /^(?:<{7,}|>{7,}) ([^\r\n]*)/.exec(line)?.[1];
    return name !== undefined && sides.has(name) ? [index + 1] : [];
  });
}
