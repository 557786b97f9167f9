import { branchRef, type CommitId, type RepoPath } from '../../core/ids.ts';
import { escapeText, showPath } from '../../core/text.ts';
import { treeChanges, type TreeChange } from '../../git/diff.ts';
import { movedFiles } from '../../git/moved-files.ts';
import { lstatIfThere } from '../../git/on-disk.ts';
import { resolveCommit } from '../../git/refs.ts';
import { warn } from '../context.ts';
import type { Workspace } from '../workspace.ts';
import type { LandingIntent } from './intent.ts';

/** Says that a killed landing is given up, and where edits of it are that nobody would look for: in commits made since, and in checkouts. */
export async function sayGivenUp(workspace: Workspace, intent: LandingIntent, why: string, ...hints: readonly string[]): Promise<void> {
  const tip = await resolveCommit(workspace.git, branchRef(intent.target));
  const changes = await treeChanges(workspace.git, intent.old, intent.new);
  const committed = tip === null ? [] : await committedSince(workspace, intent.old, tip, changes);
  const lying = await lyingAbout(workspace, intent, changes, new Set(committed));
  const target = escapeText(intent.target);
  const all = committed.length > 0 && committed.length === changes.length;
  warn(
    workspace.context, why,
    ...(committed.length === 0 ? [`nothing of it is on ${target}`] : [`${all ? 'all' : 'part'} of its edits ${committed.length === 1 ? 'is' : 'are'} in commits made on ${target} since, which do not name their agent: ${list(committed)}`, `see: git log ${intent.old.slice(0, 8)}..${target}`]),
    ...lying.map(({ worktree, paths }) => `what was to land lies uncommitted in ${escapeText(worktree)}: ${list(paths)}`),
    ...hints,
  );
}

/** The paths that commits made on the target since have as the landing would have made them. */
async function committedSince({ git }: Workspace, old: CommitId, tip: CommitId, changes: readonly TreeChange[]): Promise<RepoPath[]> {
  if (tip === old) return [];
  const since = new Map((await treeChanges(git, old, tip)).map((change) => [change.path, change]));
  return changes.filter(({ path, newBlob, newMode }) => since.get(path)?.newBlob === newBlob && since.get(path)?.newMode === newMode).map(({ path }) => path);
}

/** Whether something that was to land lies uncommitted in a checkout. */
export async function liesAbout(workspace: Workspace, intent: LandingIntent): Promise<boolean> {
  return (await lyingAbout(workspace, intent, await treeChanges(workspace.git, intent.old, intent.new), new Set())).length > 0;
}

async function lyingAbout({ git }: Workspace, intent: LandingIntent, changes: readonly TreeChange[], committed: ReadonlySet<RepoPath>): Promise<{ worktree: string; paths: RepoPath[] }[]> {
  const rest = changes.filter(({ path }) => !committed.has(path));
  const found = await Promise.all(intent.checkouts.map(async ({ worktree }) => {
    const moved = new Set(await movedFiles(git.at(worktree), rest));
    return { worktree, paths: rest.filter((change) => moved.has(change) || isTakenAway(worktree, change)).map(({ path }) => path) };
  }));
  return found.filter(({ paths }) => paths.length > 0);
}

function isTakenAway(worktree: string, { status, path }: TreeChange): boolean {
  return status === 'D' && lstatIfThere(worktree, path) === null;
}

function list(paths: readonly RepoPath[]): string {
  const shown = paths.slice(0, 10).map(showPath).join(', ');
  return paths.length > 10 ? `${shown} and ${paths.length - 10} more` : shown;
}
