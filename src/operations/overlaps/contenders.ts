import { join } from 'node:path';
import type { AgentSnapshot } from '../../core/candidates.ts';
import type { AgentId, CommitId, RepoPath } from '../../core/ids.ts';
import type { Standing } from '../../core/overlap-advice.ts';
import type { Git } from '../../git/git.ts';
import { worktreeWork } from '../../git/uncommitted-work.ts';
import { ProcessError } from '../../process/run.ts';
import { worktreeOf } from '../agents.ts';
import { warn } from '../context.ts';
import type { Workspace } from '../workspace.ts';

/** An agent with what it has done so far. */
export interface Contender {
  readonly agent: AgentId;
  readonly branch: string;
  readonly tip: CommitId;
  /** All of its work, the uncommitted included, where its worktree was looked at. */
  readonly commit: CommitId;
  readonly uncommitted: ReadonlySet<RepoPath>;
  /** Why only its branch was looked at; null where its worktree was. */
  readonly unseen: string | null;
  /** A merge or the like that the worktree is in the middle of: its files may hold markers. */
  readonly underWay: string | null;
  /** Whether it has anything that has not landed. */
  readonly atWork: boolean;
  readonly standing: Omit<Standing, 'uncommitted'>;
}

/** The agents with their work, each worktree looked at; `git` is where new objects go, `folder` where copies of indexes may be. */
export async function contenders(workspace: Workspace, git: Git, agents: readonly AgentSnapshot[], folder: string): Promise<Contender[]> {
  const found = await Promise.all(agents.map((agent) => contender(workspace, git, agent, folder)));
  return found.filter((one) => one !== null);
}

async function contender(workspace: Workspace, git: Git, snapshot: AgentSnapshot, folder: string): Promise<Contender | null> {
  const { agent, branch, tip, underWay, ahead, ready, firstCommitTime } = snapshot;
  if (tip === null) return null;
  const { work, unseen } = await workOf(workspace, git, { ...snapshot, tip }, join(folder, `index-${agent}`));
  const uncommitted = work?.uncommitted ?? new Set();
  return {
    agent, branch, tip, commit: work?.commit ?? tip, uncommitted, unseen, underWay,
    atWork: ahead > 0 || uncommitted.size > 0,
    standing: { agent, ready, firstCommitTime },
  };
}

async function workOf(workspace: Workspace, git: Git, snapshot: AgentSnapshot & { readonly tip: CommitId }, index: string): Promise<{ work: { commit: CommitId; uncommitted: ReadonlySet<RepoPath> } | null; unseen: string | null }> {
  const record = workspace.ledger.agents.get(snapshot.agent);
  const worktree = record === undefined ? undefined : worktreeOf(workspace, record);
  if (worktree === undefined || worktree.gitDir === null || snapshot.worktree === 'missing') return { work: null, unseen: 'its worktree is gone' };
  if (snapshot.worktree !== 'on-branch') return { work: null, unseen: snapshot.worktree === 'detached' ? 'its worktree is on no branch' : `its worktree is on ${snapshot.worktree.onBranch}` };
  try {
    return { work: await worktreeWork(git, { path: worktree.path, gitDir: worktree.gitDir, head: snapshot.tip }, index), unseen: null };
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    warn(workspace.context, `${snapshot.agent}'s uncommitted work could not be read: ${error.message}`, 'what it has committed is compared all the same');
    return { work: null, unseen: 'its worktree could not be read' };
  }
}
