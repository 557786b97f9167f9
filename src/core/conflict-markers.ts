/** One conflict in a file that git marked in diff3 style: the lines of each side, line breaks kept. Text is bytes (latin1). */
export interface MarkedConflict {
  readonly first: readonly string[];
  readonly base: readonly string[];
  readonly second: readonly string[];
}

/** The conflicts in a marked file, in order; markers are exactly `size` characters long. */
export function markedConflicts(text: string, size: number): MarkedConflict[] {
  const mark = (character: string): string => character.repeat(size);
  const starts = (line: string, character: string): boolean =>
    line.startsWith(mark(character)) && (line.length === size || [' ', '\n', '\r'].includes(line.charAt(size)));
  const found: MarkedConflict[] = [];
  let current: { first: string[]; base: string[]; second: string[] } | null = null;
  let side: 'first' | 'base' | 'second' = 'first';
  for (const line of linesOf(text)) {
    if (current === null) {
      if (starts(line, '<')) {
        current = { first: [], base: [], second: [] };
        side = 'first';
      }
    } else if (side === 'first' && starts(line, '|')) side = 'base';
    else if (side !== 'second' && starts(line, '=')) side = 'second';
    else if (side === 'second' && starts(line, '>')) {
      found.push(current);
      current = null;
    } else current[side].push(line);
  }
  return found;
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
