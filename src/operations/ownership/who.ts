import type { AgentSnapshot } from '../../core/candidates.ts';
import type { AgentId, CommitId, RepoPath } from '../../core/ids.ts';
import type { Lock } from '../../core/locks.ts';
import { locksOn } from '../../core/locks.ts';
import { fileOwners, ownedFiles, type FileOwner, type OwnedPart } from '../../core/ownership.ts';
import { decodeBytes } from '../../core/text.ts';
import { commitSubjects } from '../../git/commit-subjects.ts';
import { commitsTouching } from '../../git/commits-touching.ts';
import { argumentPattern } from '../../git/path-pattern.ts';
import { changedPaths } from '../../git/worktree-state.ts';
import { ProcessError } from '../../process/run.ts';
import { worktreeOf } from '../agents.ts';
import type { Context } from '../context.ts';
import { takeSnapshot, type RunSnapshot } from '../integrate/snapshot.ts';
import { alive } from '../live-locks.ts';
import { openWorkspace } from '../open-workspace.ts';
import { settle } from '../settle.ts';
import { touchedFiles } from '../team.ts';
import { touchedPaths } from '../touched-paths.ts';
import { readLocks } from '../../state/locks.ts';
import type { Workspace } from '../workspace.ts';
import { FOLDER } from '../../git/tree-entry.ts';
import { authored, type Authored } from './authored.ts';
import { findPath, nothingThere, type FoundPath } from './find-path.ts';

/** More are counted as these. */
const MOST_COMMITS = 1_000;

export interface WhoInput {
  /** From the current folder on, with lines as `parser.ts:10-20`. */
  readonly path: string;
  /** An agent, whose branch is meant, or a revision; null for the target. */
  readonly at: string | null;
}

/** What an agent has changed of a path and not landed. */
export interface UnlandedWork {
  readonly agent: AgentId;
  readonly branch: string;
  readonly task: string | null;
  /** Commits that change it. */
  readonly commits: number;
  readonly newest: { readonly id: CommitId; readonly subject: string } | null;
  /** How many uncommitted files: for a file one or none; null where its worktree cannot be looked at. */
  readonly uncommitted: number | null;
}

/** Whose a path is: now, in work that has not landed, and by its lines. */
export interface Who {
  readonly found: FoundPath;
  readonly isFolder: boolean;
  /** Of a file; several where several have changed it. */
  readonly owners: readonly FileOwner[];
  readonly parts: readonly OwnedPart[];
  /** Of a folder: how many files in it are whose. */
  readonly ownedBelow: ReadonlyMap<string, number>;
  readonly unlanded: readonly UnlandedWork[];
  readonly locks: readonly Lock[];
  /** Null where there is no file to look into. */
  readonly authored: Authored | null;
}

/** Whose a path, or lines of it, are. Errors: those of `findPath` and `authored`, `path-unknown` where nobody has or had anything of it. */
export async function whoOwns(context: Context, { path: typed, at }: WhoInput): Promise<Who> {
  const workspace = await settle(await openWorkspace(context));
  const found = await findPath(workspace, typed, at, true);
  const { path, entry } = found;
  const [snapshot, locks] = await Promise.all([takeSnapshot(workspace, workspace.target), readLocks(workspace.git)]);
  const unlanded = snapshot === null ? [] : await unlandedWork(workspace, snapshot, path);
  const touched = touchedFiles(workspace, snapshot?.agents ?? []);
  const isFolder = entry?.mode === FOLDER;
  const owners = isFolder ? { owners: [], parts: [] } : fileOwners(workspace.ledger, touched, decodeBytes(path));
  const who = {
    found, isFolder, ...owners, unlanded, locks: locksOn(alive(locks, workspace.ledger), decodeBytes(path), !isFolder),
    ownedBelow: isFolder ? ownedBelow(ownedFiles(workspace.ledger, touched), decodeBytes(path)) : new Map(),
  };
  const isKnown = entry !== null || found.holders.length > 0 || unlanded.length > 0 || owners.owners.length + owners.parts.length > 0;
  if (!isKnown) throw nothingThere(found, typed, 'who');
  return { ...who, authored: entry === null || isFolder ? null : await authored(workspace, { ...found, entry }) };
}

function ownedBelow(owned: ReadonlyMap<string, readonly string[]>, folder: string): Map<string, number> {
  const counts = [...owned].map(([agent, files]) => [agent, files.filter((file) => folder === '' || file === folder || file.startsWith(`${folder}/`)).length] as const);
  return new Map(counts.filter(([, count]) => count > 0));
}

async function unlandedWork(workspace: Workspace, snapshot: RunSnapshot, path: RepoPath): Promise<UnlandedWork[]> {
  const found = await Promise.all(snapshot.agents.map((agent) => workOn(workspace, snapshot, agent, path)));
  return found.filter((work) => work !== null);
}

async function workOn(workspace: Workspace, { targetTip, landed }: RunSnapshot, { agent, branch, tip, ahead, worktree }: AgentSnapshot, path: RepoPath): Promise<UnlandedWork | null> {
  const { git, ledger } = workspace;
  const isTouched = ahead > 0 && touchedPaths(workspace, agent).some((touched) => isAt(touched, path));
  const [commits, uncommitted] = await Promise.all([
    tip === null || !isTouched ? [] : commitsTouching(git, tip, [targetTip, ...(landed.get(agent)?.tips ?? [])], path, MOST_COMMITS),
    worktree === 'missing' ? null : uncommittedAt(workspace, agent, path),
  ]);
  if (!isTouched && (uncommitted ?? 0) === 0) return null;
  const [newest] = commits;
  const subject = newest === undefined ? undefined : (await commitSubjects(git, [newest])).get(newest);
  return {
    agent, branch, task: ledger.agents.get(agent)?.task ?? null, commits: commits.length, uncommitted,
    newest: newest === undefined ? null : { id: newest, subject: subject ?? '' },
  };
}

async function uncommittedAt(workspace: Workspace, agent: AgentId, path: RepoPath): Promise<number | null> {
  const record = workspace.ledger.agents.get(agent);
  const worktree = record === undefined ? undefined : worktreeOf(workspace, record);
  if (worktree === undefined || worktree.prunable) return null;
  try {
    return (await changedPaths(workspace.git, worktree.path, true, [argumentPattern(path)])).filter((changed) => isAt(changed.path, path)).length;
  } catch (error) {
    // The others are told all the same.
    if (error instanceof ProcessError) return null;
    throw error;
  }
}

/** Whether a path is this one or lies in it. */
function isAt(path: RepoPath, wanted: RepoPath): boolean {
  return wanted === '' || path === wanted || path.startsWith(`${wanted}/`);
}
