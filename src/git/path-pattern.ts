import type { RepoPath } from '../core/ids.ts';

/** The pattern, as bytes, that matches the path on one line, where `?` stands for a line break. */
export function linePattern(path: RepoPath): string {
  return `:(top,glob)${path.replace(/[\\*?[\]]/g, '\\$&').replaceAll('\n', '?')}`;
}

/** The pattern as an argument, in which every byte above ASCII is a `?`: what it matches has still to be compared. */
export function argumentPattern(path: RepoPath): string {
  return linePattern(path).replace(/[\u0080-\u00ff]/g, '?');
}
