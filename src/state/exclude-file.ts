import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isMissing, replaceFile } from './atomic-file.ts';

const BEGIN = '# aiteam: begin (aiteam uninstall takes this away)';
const END = '# aiteam: end';

/**
 * Adds patterns, as bytes, to our block in the repository's `info/exclude`; what is there already stays as it is.
 * Read, changed and written: call it with the `worktrees` mutex held.
 */
export function addExcludes(commonDir: string, patterns: readonly string[]): void {
  const { before, ours, after } = readExcludes(commonDir);
  const missing = patterns.filter((pattern) => !ours.includes(pattern));
  if (missing.length > 0) write(commonDir, [...before, BEGIN, ...ours, ...missing, END, ...after]);
}

/** Takes our block out of `info/exclude` again, which is then byte for byte what it was; where that is nothing, there is no file. */
export function removeExcludes(commonDir: string): void {
  const { before, ours, after } = readExcludes(commonDir);
  const rest = [...before, ...after];
  if (ours.length === 0) return;
  if (rest.join('') === '' && rest.length < 2) rmSync(fileIn(commonDir));
  else write(commonDir, rest);
}

/** The pattern (gitignore(5)) that matches this one path, given as bytes; null where none can. */
export function excludePattern(path: string): string | null {
  if (path.includes('\n') || path.includes('\r')) return null;
  return `/${path.replace(/\/$/, '').replace(/[\\*?[\]]/g, '\\$&').replace(/ +$/, (spaces) => '\\ '.repeat(spaces.length))}`;
}

interface Excludes {
  readonly before: readonly string[];
  readonly ours: readonly string[];
  readonly after: readonly string[];
}

function readExcludes(commonDir: string): Excludes {
  const lines = readBytes(fileIn(commonDir)).split('\n');
  const begin = lines.indexOf(BEGIN);
  const end = lines.indexOf(END, begin + 1);
  // A new block goes to the top: behind a last line without a line break one would have to be added, and taken away again.
  if (begin < 0 || end < 0) return { before: [], ours: [], after: lines };
  return { before: lines.slice(0, begin), ours: lines.slice(begin + 1, end), after: lines.slice(end + 1) };
}

function write(commonDir: string, lines: readonly string[]): void {
  replaceFile(fileIn(commonDir), Buffer.from(lines.join('\n'), 'latin1'));
}

function readBytes(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}

function fileIn(commonDir: string): string {
  return join(commonDir, 'info', 'exclude');
}
