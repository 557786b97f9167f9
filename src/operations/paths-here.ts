import { relative, resolve, sep } from 'node:path';
import { refusal } from '../core/errors.ts';
import { escapeText, truncate } from '../core/text.ts';
import type { Unconfigured } from './workspace.ts';

/** What was typed here as a path, from the worktree's top on: `''` is the top itself. Errors: `path-outside`. */
export function pathFromTop({ context, repo }: Pick<Unconfigured, 'context' | 'repo'>, typed: string): string {
  const top = repo.currentWorktree ?? repo.commonDir;
  const path = relative(top, resolve(repo.currentWorktree === null ? top : context.cwd, typed)).split(sep).join('/');
  if (path === '..' || path.startsWith('../')) throw refusal('path-outside', `${truncate(escapeText(typed), 80)} is outside of this worktree`, `name paths below ${top}`);
  return path;
}

const LINES = /:\d+(?:-\d+)?$/;

/** The same for a path that may end in lines: `parser.ts:10-20`. Errors: `path-outside`. */
export function fileFromTop(place: Pick<Unconfigured, 'context' | 'repo'>, typed: string): string {
  const lines = LINES.exec(typed)?.[0] ?? '';
  return pathFromTop(place, typed.slice(0, typed.length - lines.length)) + lines;
}
