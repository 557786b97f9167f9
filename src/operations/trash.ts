import { existsSync } from 'node:fs';
import { refusal } from '../core/errors.ts';
import { branchRef, type AgentId, type CommitId, type RefName, type RepoPath } from '../core/ids.ts';
import { nearest } from '../core/nearest.ts';
import { escapeText, plural, truncate } from '../core/text.ts';
import { changeRefs, listRefs, resolveCommit, type Ref } from '../git/refs.ts';
import { movePath } from '../state/file-tree.ts';
import { lstatIfThere, pathIn } from '../state/file-tree.ts';
import { readTrash, trashFiles, trashRef, writeTrashEntry, type TrashEntry } from '../state/trash.ts';
import { callingAgent } from './caller.ts';
import type { Context } from './context.ts';
import { openWorkspace } from './open-workspace.ts';
import type { Workspace } from './workspace.ts';
import { aloneWithWorktrees } from './worktree/alone.ts';
import { shelfRef } from './shelf/shelves.ts';
import { dropTrash } from './worktree/pin.ts';

/** An entry with the commits that its refs keep. */
export interface Trashed extends TrashEntry {
  /** Name below the entry's prefix (`branch`, `head`, `unsaved`, `others`) and commit. */
  readonly refs: readonly { readonly name: string; readonly ref: RefName; readonly commit: CommitId }[];
}

/** What is in the trash, oldest first. */
export async function listTrash(context: Context): Promise<Trashed[]> {
  return entries(await openWorkspace(context));
}

async function entries({ git, layout }: Workspace): Promise<Trashed[]> {
  const refs = await listRefs(git, 'refs/aiteam/trash/');
  return readTrash(layout).map((entry) => ({ ...entry, refs: refsOf(refs, entry.id) }));
}

function refsOf(refs: readonly Ref[], id: string): Trashed['refs'] {
  const prefix = trashRef(id);
  return refs.filter((ref) => ref.name.startsWith(prefix)).map((ref) => ({ name: ref.name.slice(prefix.length), ref: ref.name, commit: ref.id }));
}

export interface Restored {
  readonly entry: Trashed;
  /** What became of the branch: made again, there already at that commit, there at another one, or not part of the entry. */
  readonly branch: 'restored' | 'there' | 'in-the-way' | 'none';
  /** The id of the shelf that it was, which is one again; null for anything else. */
  readonly shelf: string | null;
  /** Whether the agent's worktree exists; its files can only go back into one. */
  readonly worktree: string | null;
  readonly filesBack: readonly RepoPath[];
  /** Files that stay in the trash: something is at their place, or there is no worktree. */
  readonly filesLeft: readonly RepoPath[];
}

/** Brings back a branch, and ignored files where the worktree exists; nothing is overwritten. Errors: `trash-unknown`. */
export async function restoreTrash(context: Context, id: string): Promise<Restored> {
  const workspace = await openWorkspace(context);
  return aloneWithWorktrees(workspace, 'aiteam trash restore', async (fresh) => {
    const entry = await requireEntry(fresh, id);
    const branch = await restoreBranch(fresh, entry);
    const worktree = homeOf(fresh, entry);
    const filesBack = worktree === null ? [] : entry.files.map((file) => file.path).filter((path) => giveBack(fresh, entry.id, worktree, path));
    const left = entry.files.filter((file) => !filesBack.includes(file.path));
    if (filesBack.length > 0) writeTrashEntry(fresh.layout, { ...withoutRefs(entry), files: left });
    return { entry, branch, shelf: await restoreShelf(fresh, entry), worktree, filesBack, filesLeft: left.map((file) => file.path) };
  });
}

function withoutRefs({ refs: _refs, ...entry }: Trashed): TrashEntry {
  return entry;
}

async function restoreBranch({ git }: Workspace, entry: Trashed): Promise<Restored['branch']> {
  const kept = entry.refs.find((ref) => ref.name === 'branch');
  if (kept === undefined) return 'none';
  if (await changeRefs(git, [{ ref: branchRef(entry.branch), from: null, to: kept.commit }], 'aiteam: restored from the trash')) return 'restored';
  return (await resolveCommit(git, branchRef(entry.branch))) === kept.commit ? 'there' : 'in-the-way';
}

async function restoreShelf({ git }: Workspace, entry: Trashed): Promise<string | null> {
  const kept = entry.refs.find(({ name }) => name.startsWith('shelf/'));
  if (kept === undefined) return null;
  const id = kept.name.slice('shelf/'.length);
  await changeRefs(git, [{ ref: shelfRef(entry.agent, id), from: null, to: kept.commit }], 'aiteam: restored from the trash');
  return id;
}

/** The agent's present worktree. */
function homeOf({ ledger }: Workspace, entry: TrashEntry): string | null {
  const record = ledger.agents.get(entry.agent);
  return record?.present === true && existsSync(record.worktree) ? record.worktree : null;
}

function giveBack({ layout }: Workspace, id: string, worktree: string, path: RepoPath): boolean {
  const from = trashFiles(layout, id);
  return lstatIfThere(pathIn(from, path)) !== null && movePath(from, worktree, path);
}

async function requireEntry(workspace: Workspace, id: string): Promise<Trashed> {
  const all = await entries(workspace);
  const found = all.find((entry) => entry.id === id) ?? onlyOne(all.filter((entry) => entry.agent === id));
  if (found !== undefined) return found;
  const ids = all.map((entry) => entry.id);
  const meant = nearest(id, ids);
  throw refusal('trash-unknown', `there is nothing called ${truncate(escapeText(id), 80)} in the trash`, ...(meant === null ? [] : [`did you mean ${meant}?`]), 'aiteam trash list');
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/**
 * Empties the trash, or what is older than this many milliseconds, for good.
 * Errors: `not-confirmed` where nobody agreed, `agents-may-not` from an agent's worktree or environment.
 */
export async function emptyTrash(context: Context, request: { olderThanMs: number | null; yes: boolean }): Promise<Trashed[]> {
  const workspace = await openWorkspace(context);
  const agent = callingAgent(context, workspace.repo);
  if (agent !== null) throw refusal('agents-may-not', `the trash is emptied by people only: ${agent}`, 'aiteam trash empty, in a terminal of your own');
  const before = Date.now() - (request.olderThanMs ?? 0);
  const doomed = (await entries(workspace)).filter((entry) => request.olderThanMs === null || entry.at < before);
  if (doomed.length === 0) return [];
  if (!request.yes) await agree(context, doomed);
  return aloneWithWorktrees(workspace, 'aiteam trash empty', async (fresh) => {
    for (const entry of doomed) await dropTrash(fresh, entry.id);
    return doomed;
  });
}

async function agree(context: Context, doomed: readonly Trashed[]): Promise<void> {
  const agents = new Set<AgentId>(doomed.map((entry) => entry.agent));
  const files = doomed.reduce((sum, entry) => sum + entry.files.length, 0);
  const what = `${plural(doomed.length, 'entry', 'entries')} of ${[...agents].join(', ')}, ${plural(files, 'ignored file or folder', 'ignored files and folders')} and all commits that only they keep`;
  if (context.confirm === null) throw refusal('not-confirmed', `this would delete for good: ${what}`, 'aiteam trash list shows them', 'aiteam trash empty --yes');
  if (!(await context.confirm(`Delete for good: ${what}?`))) throw refusal('not-confirmed', 'nothing was deleted');
}
