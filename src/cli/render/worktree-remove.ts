import type { RepoPath } from '../../core/ids.ts';
import { escapeText, plural, showPath } from '../../core/text.ts';
import type { RemovalOutcome, Removed } from '../../operations/worktree/remove.ts';
import { renderProblem } from './messages.ts';
import { renderBytes } from './size.ts';
import type { Style } from './style.ts';

/** 3 where one of several stayed, 1 where all did. */
export function removalExitCode(outcomes: readonly RemovalOutcome[]): number {
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused').length;
  return refused === 0 ? 0 : refused === outcomes.length ? 1 : 3;
}

export function renderRemoval(outcomes: readonly RemovalOutcome[], style: Style): string {
  const lines: string[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind === 'refused') {
      lines.push(renderProblem(outcome.agent, style.red, outcome.error.message, outcome.error.hints, style));
      continue;
    }
    const { agent, path, branch, branchDeleted, trash, moved, snapshot, shelves } = outcome;
    lines.push(`${style.green('removed')}  ${style.bold(agent)}  ${escapeText(path)}`);
    lines.push(`  the branch ${escapeText(branch)} ${branchDeleted ? 'was deleted, its tip is in the trash' : 'stays'}`);
    if (snapshot !== null) lines.push(`  unsaved files are in the trash as commit ${snapshot.slice(0, 8)}`);
    if (moved.length > 0) lines.push(`  ignored files moved to the trash: ${topFolders(moved)}`);
    if (shelves > 0) lines.push(`  ${shelves === 1 ? '1 shelf stays' : `${shelves} shelves stay`}: aiteam shelve list`);
    lines.push(`  ${style.cyan('to bring it back')}: aiteam trash restore ${trash}`);
  }
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

export function removalJson(outcome: RemovalOutcome): Record<string, unknown> {
  if (outcome.kind === 'refused') return { agent: outcome.agent, outcome: 'refused', error: outcome.error.code, message: outcome.error.message };
  const { kind, moved, ...rest } = outcome;
  return { outcome: kind, ...rest, moved: moved.map((file) => ({ path: showPath(file.path), bytes: file.bytes })) };
}

/** Files by their top folder, each with what it holds: `data/ 3 files 1.2 MB`. */
export function topFolders(files: Removed['moved']): string {
  const tops = new Map<RepoPath, { count: number; bytes: number }>();
  for (const { path, bytes } of files) {
    const slash = path.indexOf('/');
    const top = slash < 0 ? path : (path.slice(0, slash + 1) as RepoPath);
    const sum = tops.get(top) ?? { count: 0, bytes: 0 };
    tops.set(top, { count: sum.count + 1, bytes: sum.bytes + bytes });
  }
  return [...tops].map(([top, { count, bytes }]) => `${showPath(top)} (${count > 1 ? `${plural(count, 'entry', 'entries')}, ` : ''}${renderBytes(bytes)})`).join(', ');
}
