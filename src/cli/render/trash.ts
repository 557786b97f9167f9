import { escapeText, plural, showPath } from '../../core/text.ts';
import type { Restored, Trashed } from '../../operations/trash.ts';
import { renderBytes } from './size.ts';
import type { Style } from './style.ts';
import { topFolders } from './worktree-remove.ts';

export function renderTrash(entries: readonly Trashed[], style: Style): string {
  if (entries.length === 0) return 'the trash is empty\n';
  const bytes = entries.flatMap((entry) => entry.files).reduce((sum, file) => sum + file.bytes, 0);
  const lines = entries.flatMap((entry) => [
    `${style.bold(entry.id)}  ${entry.what} ${escapeText(entry.worktree)}`,
    ...entry.refs.map(({ name, commit }) => `  ${refText(name, entry)} ${commit.slice(0, 8)}`),
    ...(entry.files.length === 0 ? [] : [`  ignored files: ${topFolders(entry.files)}`]),
  ]);
  return `${[...lines, '', `${plural(entries.length, 'entry', 'entries')}, ${renderBytes(bytes)} of files`, `${style.cyan('next')}: aiteam trash restore ID, or aiteam trash empty --older-than 30d`].join('\n')}\n`;
}

function refText(name: string, entry: Trashed): string {
  if (name.startsWith('shelf/')) return 'the shelved work as commit';
  switch (name) {
    case 'branch': return `the branch ${escapeText(entry.branch)} at`;
    case 'head': return 'the detached HEAD at';
    case 'unsaved': return 'uncommitted and untracked files as commit';
    default: return 'older commits, from reflogs, below';
  }
}

/** 3 where something stays in the trash. */
export function restoredExitCode({ branch, filesLeft }: Restored): number {
  return branch === 'in-the-way' || filesLeft.length > 0 ? 3 : 0;
}

export function renderRestored({ entry, branch, shelf, worktree, filesBack, filesLeft }: Restored, style: Style): string {
  const name = escapeText(entry.branch);
  const refs = new Map(entry.refs.map((ref) => [ref.name, ref.ref]));
  const lines: string[] = [];
  if (branch === 'restored') lines.push(`${style.green('restored')} the branch ${name}`);
  if (branch === 'there') lines.push(`the branch ${name} is there already`);
  if (branch === 'in-the-way') lines.push(`${style.yellow('stays')} the branch ${name}: it, or one that it cannot stand beside, exists with other commits`, `  to have both: git branch NEW-NAME ${refs.get('branch') ?? ''}`);
  if (shelf !== null) lines.push(`${style.green('restored')} the shelf ${shelf} of ${entry.agent}`);
  if (filesBack.length > 0) lines.push(`${style.green('restored')} ${filesBack.map(showPath).join(', ')}`);
  if (filesLeft.length > 0) lines.push(`${style.yellow('stays')} in the trash: ${filesLeft.map(showPath).join(', ')}${worktree === null ? '' : ' (something is at that place)'}`);
  const next: string[] = shelf === null ? [] : [`in ${entry.agent}'s worktree: aiteam unshelve ${shelf}`];
  if (worktree === null && entry.what === 'worktree') next.push(`aiteam worktree add ${entry.agent} --branch ${name}${filesLeft.length > 0 ? `, then again: aiteam trash restore ${entry.id}` : ''}`);
  if (refs.has('unsaved')) next.push(`for the unsaved files, in the worktree: git restore --source ${refs.get('unsaved')} -- .`);
  if (refs.has('head')) next.push(`for the commits of the detached HEAD: git branch NEW-NAME ${refs.get('head')}`);
  if (refs.has('others')) next.push(`for older commits: git log ${refs.get('others')}`);
  return `${[...lines, ...next.map((step) => `${style.cyan('next')}: ${step}`)].join('\n')}\n`;
}

export function renderEmptied(entries: readonly Trashed[], style: Style): string {
  if (entries.length === 0) return 'nothing to delete\n';
  return `${style.green('deleted')} ${entries.map((entry) => entry.id).join(', ')} for good\n`;
}

export function trashedJson(entry: Trashed): Record<string, unknown> {
  return { ...entry, files: entry.files.map((file) => ({ path: showPath(file.path), bytes: file.bytes })) };
}

export function restoredJson({ entry, branch, shelf, worktree, filesBack, filesLeft }: Restored): Record<string, unknown> {
  return { id: entry.id, agent: entry.agent, branch: entry.branch, branchOutcome: branch, shelf, worktree, filesBack: filesBack.map(showPath), filesLeft: filesLeft.map(showPath) };
}
