import { existsSync } from 'node:fs';
import { branchRef, type CommitId, type RepoPath } from '../../core/ids.ts';
import type { AgentRecord } from '../../core/ledger.ts';
import { landingsOf } from '../../core/undo.ts';
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
  return { ...tip, commits, whole: commits.some((commit) => !commit.equal) ? await wholeChange(git, onto, tip.tip) : 'nothing' };
}

/** The tips that landings took and the target still holds. */
async function stillLanded({ git, ledger, target }: Workspace, record: AgentRecord, onto: CommitId): Promise<CommitId[]> {
  const tips: CommitId[] = [];
  for (const landed of landingsOf(ledger, record.agent, target).flatMap((landing) => landing.agents.filter(({ agent }) => agent === record.agent))) {
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
