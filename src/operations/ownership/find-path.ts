import { refusal, usageError } from '../../core/errors.ts';
import type { Lines } from '../../core/hunks.ts';
import { branchRef, type AgentId, type BlobId, type CommitId, type RepoPath } from '../../core/ids.ts';
import { presentAgents } from '../../core/ledger.ts';
import { bytesOf, escapeText, truncate } from '../../core/text.ts';
import { treeOf } from '../../git/objects.ts';
import { listRefs, resolveCommit } from '../../git/refs.ts';
import { entryAt, FOLDER, type TreeEntry } from '../../git/tree-entry.ts';
import { targetTip } from '../target.ts';
import { pathFromTop } from '../paths-here.ts';
import { readMarker } from '../../state/marker.ts';
import type { Workspace } from '../workspace.ts';

/** Where a path was looked for. */
export interface LookedAt {
  /** The target, a branch, or what was typed. */
  readonly name: string;
  readonly commit: CommitId;
  /** The agent that this is the branch of, as it is the only one that has the path; null for any other reason. */
  readonly onlyIn: AgentId | null;
}

/** What somebody typed as a path, and what is there. */
export interface FoundPath {
  readonly path: RepoPath;
  readonly at: LookedAt;
  /** Null where nobody has it, or several agents have it and the target has not. */
  readonly entry: TreeEntry | null;
  /** The agents whose branches have it, where the target has not. */
  readonly holders: readonly AgentId[];
  /** The lines that were asked for. */
  readonly lines: Lines | null;
  readonly targetTip: CommitId;
}

/**
 * Looks for a path, with lines as `parser.ts:10-20` where `withLines`, in the target, or in `at`: an agent's branch or any
 * revision. A path that the target has not is taken from the one agent's branch that has it, the caller's before all.
 * Errors: `path-needed`, `path-outside`, `unknown-revision`, `lines`, `target-missing`.
 */
export async function findPath(workspace: Workspace, typed: string, at: string | null, withLines: boolean): Promise<FoundPath> {
  if (typed === '') throw usageError('path-needed', 'the path is empty', '"." is everything from here on');
  const tip = await targetTip(workspace);
  const place = at === null ? { name: workspace.target, commit: tip, onlyIn: null } : await placeOf(workspace, at);
  const ways = [{ path: pathFromTop(workspace, typed), lines: null }, ...(withLines ? partWithLines(workspace, typed) : [])];
  for (const { path, lines } of ways) {
    const entry = path === '' ? await topOf(workspace, place.commit) : await entryAt(workspace.git, place.commit, path);
    if (entry !== null) return { path: entry.path, at: place, entry, holders: [], lines: checked(lines), targetTip: tip };
    const elsewhere = at === null ? await inBranches(workspace, path) : [];
    const one = elsewhere.find(({ agent }) => agent === readMarker(workspace.repo.currentGitDir)?.agent) ?? (elsewhere.length === 1 ? elsewhere[0] : undefined);
    if (one !== undefined) {
      return { path: one.entry.path, at: { name: one.branch, commit: one.tip, onlyIn: one.agent }, entry: one.entry, holders: elsewhere.map(({ agent }) => agent), lines: checked(lines), targetTip: tip };
    }
    if (elsewhere[0] !== undefined) return { path: elsewhere[0].entry.path, at: place, entry: null, holders: elsewhere.map(({ agent }) => agent), lines: checked(lines), targetTip: tip };
  }
  const { path, lines } = ways.at(-1) ?? { path: '', lines: null };
  return { path: bytesOf(path) as RepoPath, at: place, entry: null, holders: [], lines: checked(lines), targetTip: tip };
}

/** The refusal of a path of which nothing is known. */
export function nothingThere({ holders, at }: FoundPath, typed: string, verb: string): Error {
  const name = truncate(escapeText(typed), 80);
  if (holders.length > 0) return refusal('path-in-several', `${escapeText(at.name)} has no ${name}, but several agents' branches have`, ...holders.map((agent) => `aiteam ${verb} ${name} --at ${agent}`));
  return refusal('path-unknown', `there is no ${name} in ${escapeText(at.name)}`, 'paths count from the current folder: git ls-files', `of another branch or commit: aiteam ${verb} ${name} --at AGENT`);
}

/** The folder that everything lies in. */
async function topOf({ git }: Workspace, commit: CommitId): Promise<TreeEntry> {
  return { path: '' as RepoPath, mode: FOLDER, id: (await treeOf(git, commit)) as string as BlobId };
}

async function placeOf({ git, ledger }: Workspace, at: string): Promise<LookedAt> {
  const record = ledger.agents.get(at as AgentId);
  const branch = record === undefined || record.branch === '' ? null : await resolveCommit(git, branchRef(record.branch));
  if (record !== undefined && branch !== null) return { name: record.branch, commit: branch, onlyIn: null };
  const commit = at === '' ? null : await resolveCommit(git, at);
  if (commit === null) throw usageError('unknown-revision', `"${truncate(escapeText(at), 80)}" is no agent with a branch, and no commit that git knows`, 'aiteam worktree list', 'git branch --all');
  return { name: at, commit, onlyIn: null };
}

async function inBranches({ git, ledger }: Workspace, path: string): Promise<{ agent: AgentId; branch: string; tip: CommitId; entry: TreeEntry }[]> {
  const agents = presentAgents(ledger);
  if (agents.length === 0) return [];
  const tips = new Map((await listRefs(git, ...agents.map(({ branch }) => branchRef(branch)))).map(({ name, id }) => [name, id]));
  const found = await Promise.all(agents.map(async ({ agent, branch }) => {
    const tip = tips.get(branchRef(branch));
    const entry = tip === undefined ? null : await entryAt(git, tip, path);
    return tip === undefined || entry === null ? [] : [{ agent, branch, tip, entry }];
  }));
  return found.flat();
}

/** The path and the lines where it ends in some: half-open as everywhere. */
function partWithLines(workspace: Workspace, typed: string): { path: string; lines: Lines }[] {
  const [, path, first, last] = /^(.+):(\d+)(?:-(\d+))?$/s.exec(typed) ?? [];
  return path === undefined ? [] : [{ path: pathFromTop(workspace, path), lines: [Number(first), Number(last ?? first) + 1] }];
}

function checked(lines: Lines | null): Lines | null {
  if (lines !== null && (lines[0] < 1 || lines[1] <= lines[0] || lines[1] > 2 ** 31)) throw usageError('lines', 'lines count from 1, and the first comes first', 'such as app.ts:12 or app.ts:12-20');
  return lines;
}
