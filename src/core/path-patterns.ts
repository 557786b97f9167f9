import type { RepoPath } from './ids.ts';
import { bytesOf } from './text.ts';

/**
 * A test whether a path fits any of these patterns, which are read as in .gitignore: without a slash (but at its end) one fits
 * names in any folder, with one it counts from the top; `*`, `?` and `**` stand for what they stand for there, and a
 * folder that fits has all below it fit.
 */
export function pathMatcher(patterns: readonly string[]): (path: RepoPath) => boolean {
  const tests = patterns.map(patternParts);
  return (path) => {
    const parts = path.split('/');
    return tests.some((pattern) => parts.some((_part, index) => fits(pattern, parts.slice(0, index + 1)) && (!pattern.folder || index < parts.length - 1)));
  };
}

interface Pattern {
  /** A part is null for `**`: any number of folders. */
  readonly parts: readonly (string | null)[];
  /** Whether only folders fit. */
  readonly folder: boolean;
}

function patternParts(pattern: string): Pattern {
  const folder = pattern.endsWith('/');
  const words = pattern.replace(/\/+$/, '').split('/');
  const anchored = words.length > 1 ? (words[0] === '' ? words.slice(1) : words) : ['**', ...words];
  return { folder, parts: anchored.map((word) => (word === '**' ? null : bytesOf(word))) };
}

/** Whether the name fits a word with `*` and `?`. Only the last star is ever tried anew, so no word takes long. */
function fitsWord(word: string, name: string): boolean {
  let [at, from, star] = [0, 0, -1];
  for (let index = 0; index < name.length;) {
    if (word[at] === '*') {
      star = at;
      at += 1;
      from = index;
    } else if (at < word.length && (word[at] === '?' || word[at] === name[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      from += 1;
      index = from;
    } else return false;
  }
  return /^\**$/.test(word.slice(at));
}

function fits({ parts }: Pattern, path: readonly string[]): boolean {
  // How many parts of the pattern the path so far may have used up.
  let places = new Set(skipAnyFolders(parts, 0));
  for (const name of path) {
    const next = new Set<number>();
    for (const place of places) {
      const part = parts[place];
      if (part === null) next.add(place).add(place + 1);
      else if (part !== undefined && fitsWord(part, name)) next.add(place + 1);
    }
    places = new Set([...next].flatMap((place) => skipAnyFolders(parts, place)));
  }
  return places.has(parts.length);
}

/** The place, and those after it where `**` stands for no folder at all. */
function skipAnyFolders(parts: Pattern['parts'], place: number): number[] {
  return parts[place] === null && place < parts.length - 1 ? [place, ...skipAnyFolders(parts, place + 1)] : [place];
}
