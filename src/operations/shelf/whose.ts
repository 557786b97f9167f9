import { refusal } from '../../core/errors.ts';
import type { AgentId, CommitId } from '../../core/ids.ts';
import type { AgentRecord } from '../../core/ledger.ts';
import { escapeText } from '../../core/text.ts';
import { resolveCommit } from '../../git/refs.ts';
import { hasUnmerged, operationUnderWay } from '../../git/worktree-state.ts';
import type { Checkout } from '../../git/worktrees.ts';
import { requireAgent, worktreeOf } from '../agents.ts';
import { callerName, HUMAN } from '../caller.ts';
import type { Workspace } from '../workspace.ts';

/**
 * Whose shelf is meant: the agent's that calls, or the one that a person names.
 * Errors: `not-your-name`, `own-checkout`, `agent-unknown`, `caller-unknown`.
 */
export function shelfOwner(workspace: Workspace, named: AgentId | null): AgentRecord {
  const caller = callerName(workspace);
  if (caller === HUMAN) {
    if (named === null) throw refusal('own-checkout', 'this is no agent\'s worktree, and aiteam leaves your own checkout as it is', 'git stash push --include-untracked', 'for an agent\'s worktree: --agent NAME');
    return requireAgent(workspace.ledger, named);
  }
  if (named !== null && named !== caller) throw refusal('not-your-name', `${caller} cannot shelve the work of ${named}`, 'leave --agent out');
  return requireAgent(workspace.ledger, caller);
}

/** A worktree that is on a branch and in the middle of nothing. */
export interface Quiet extends Checkout {
  readonly branch: string;
  readonly head: CommitId;
}

/** The agent's worktree, where its files may be moved. Errors: `worktree-missing`, `detached`, `under-way`, `no-commit`. */
export async function quietWorktree(workspace: Workspace, record: AgentRecord): Promise<Quiet> {
  const { git } = workspace;
  const worktree = worktreeOf(workspace, record);
  const name = record.agent;
  if (worktree === undefined || worktree.gitDir === null || worktree.prunable) throw refusal('worktree-missing', `${name}'s worktree is not at ${escapeText(record.worktree)}`, 'aiteam worktree list');
  const underWay = operationUnderWay(worktree.gitDir) ?? (await hasUnmerged(git, worktree.path) ? 'a merge' : null);
  if (underWay !== null) throw refusal('under-way', `${name}'s worktree is in the middle of ${underWay}`, `end it first: git -C ${escapeText(worktree.path)} status`);
  if (worktree.branch === null) throw refusal('detached', `${name}'s worktree is on no branch`, `git -C ${escapeText(worktree.path)} switch ${escapeText(record.branch)}`);
  const head = await resolveCommit(git.at(worktree.path), 'HEAD');
  if (head === null) throw refusal('no-commit', `${name}'s worktree has no commit yet, so there is nothing that its work would be a change of`, 'commit it: git commit -m "first"');
  return { worktree: worktree.path, gitDir: worktree.gitDir, branch: worktree.branch, head };
}
