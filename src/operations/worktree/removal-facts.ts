import { existsSync } from 'node:fs';
import { branchRef, type CommitId, type RepoPath } from '../../core/ids.ts';
import type { AgentRecord } from '../../core/ledger.ts';
import { landingsOf, undoOf } from '../../core/undo.ts';
import { sortIgnored } from '../../core/prepared.ts';
import type { RemovalFacts, RemovalTip } from '../../core/removal-plan.ts';
import { isAncestor } from '../../git/commits.ts';
import { missingCommits, wholeChange } from '../../git/equal-commits.ts';
import { ignoredEntries } from '../../git/ignored.ts';
import { resolveCommit } from '../../git/refs.ts';
import { changedPaths, operationUnderWay } from '../../git/worktree-state.ts';
import type { Worktree } from '../../git/worktrees.ts';
import { measure, pathIn } from '../../state/file-tree.ts';
import { VIEWS_FOLDER } from '../../state/layout.ts';
import { printsOf, readPreparation } from '../../state/preparation.ts';
import type { TrashedFile } from '../../state/trash.ts';
import type { Workspace } from '../workspace.ts';

/** Reads what an agent's worktree and branch hold; of a worktree whose folder is gone, only the commits. */
export async function removalFacts(workspace: Workspace, record: AgentRecord, worktree: Worktree | undefined): Promise<RemovalFacts> {
  const { git, repo } = workspace;
  const there = worktree !== undefined && existsSync(worktree.path);
  const changed = there ? await changedPaths(git, worktree.path, true) : [];
  const branchTip = await resolveCommit(git, branchRef(record.branch));
  const also = repo.worktrees.find((other) => other.branch === record.branch && other.path !== worktree?.path);
  return {
    agent: record.agent,
    path: record.worktree,
    locked: worktree?.locked === true,
    underWay: there && worktree.gitDir !== null ? operationUnderWay(worktree.gitDir) : null,
    uncommitted: changed.filter((change) => change.status !== '??').map((change) => change.path),
    untracked: changed.filter((change) => change.status === '??').map((change) => change.path),
    tips: await tipsOf(workspace, record, worktree, branchTip),
    branch: record.branch,
    branchTip,
    branchAlsoAt: also?.path ?? null,
  };
}

async function tipsOf(workspace: Workspace, record: AgentRecord, worktree: Worktree | undefined, branchTip: CommitId | null): Promise<RemovalTip[]> {
  const tips: RemovalTip[] = [];
  if (branchTip !== null) tips.push(await tipFacts(workspace, record, { name: record.branch, tip: branchTip, stays: true }, []));
  const head = worktree?.head ?? null;
  if (head !== null && head !== branchTip) {
    const name = worktree?.branch ?? 'the worktree\'s HEAD';
    tips.push(await tipFacts(workspace, record, { name, tip: head, stays: worktree?.branch !== null }, branchTip === null ? [] : [branchTip]));
  }
  return tips;
}

async function tipFacts(workspace: Workspace, record: AgentRecord, tip: { name: string; tip: CommitId; stays: boolean }, counted: readonly CommitId[]): Promise<RemovalTip> {
  const { git, target } = workspace;
  const onto = await resolveCommit(git, branchRef(target));
  if (onto === null) return { ...tip, commits: [], whole: 'missing' };
  const commits = await missingCommits(git, onto, tip.tip, [...counted, ...await stillLanded(workspace, record, onto)]);
  // The target has made these changes, and taken them back.
  if (await holdsReverted(workspace, record, tip.tip)) return { ...tip, commits: commits.map((commit) => ({ ...commit, equal: false })), whole: 'missing' };
  return { ...tip, commits, whole: commits.some((commit) => !commit.equal) ? await wholeChange(git, onto, tip.tip) : 'nothing' };
}

/** Whether a landing took a tip below this one that a commit has taken back since. */
async function holdsReverted({ git, ledger, target }: Workspace, record: AgentRecord, tip: CommitId): Promise<boolean> {
  for (const landing of landingsOf(ledger, record.agent, target)) {
    const taken = landing.agents.find(({ agent }) => agent === record.agent)?.tip;
    if (taken !== undefined && undoOf(ledger, landing.id)?.how === 'reverted' && await isAncestor(git, taken, tip)) return true;
  }
  return false;
}

/** The tips that landings took and the target still holds. */
async function stillLanded({ git, ledger, target }: Workspace, record: AgentRecord, onto: CommitId): Promise<CommitId[]> {
  const tips: CommitId[] = [];
  const counting = landingsOf(ledger, record.agent, target).filter(({ id }) => undoOf(ledger, id) === undefined);
  for (const landed of counting.flatMap((landing) => landing.agents.filter(({ agent }) => agent === record.agent))) {
    const known = await resolveCommit(git, landed.tip);
    if (known !== null && await isAncestor(git, landed.commit, onto)) tips.push(known);
  }
  return tips;
}

/** What of a worktree's ignored files must be kept: not what the preparation made and nobody changed, nor what can be made again. */
export async function ignoredToKeep({ git, config }: Workspace, worktree: Worktree): Promise<TrashedFile[]> {
  const made = worktree.gitDir === null ? null : readPreparation(worktree.gitDir);
  const prints = printsOf(worktree.path, (await ignoredEntries(git, worktree.path)).filter((path) => path !== VIEWS_FOLDER));
  const entries = [...prints].map(([path, print]) => ({ path, print }));
  return sized(worktree.path, sortIgnored(entries, made?.made ?? new Map(), config.trash.skip).keep.map((entry) => entry.path));
}

/** The paths with the bytes of what lies there. */
export function sized(worktree: string, paths: readonly RepoPath[]): TrashedFile[] {
  return paths.map((path) => ({ path, bytes: measure(pathIn(worktree, path))?.bytes ?? 0 }));
}
