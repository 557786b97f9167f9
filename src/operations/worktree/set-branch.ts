import { refusal } from '../../core/errors.ts';
import { branchName, type AgentId } from '../../core/ids.ts';
import { presentAgents } from '../../core/ledger.ts';
import { nearest } from '../../core/nearest.ts';
import { escapeText, truncate } from '../../core/text.ts';
import { listRefs } from '../../git/refs.ts';
import { requireAgent, worktreeOf } from '../agents.ts';
import { warn, type Context } from '../context.ts';
import { refreshViews } from '../refresh-views.ts';
import { openWorkspace } from '../open-workspace.ts';
import { refreshed } from '../workspace.ts';

/** Records another branch as the one that an agent lands; nothing is checked out. Errors: `agent-unknown`, `branch-missing`, `branch-is-target`, `branch-taken`. */
export async function setBranch(context: Context, agent: AgentId, branch: string): Promise<{ agent: AgentId; branch: string; before: string }> {
  const workspace = await openWorkspace(context);
  const record = requireAgent(workspace.ledger, agent);
  const names = (await listRefs(workspace.git, 'refs/heads/')).flatMap((ref) => branchName(ref.name) ?? []);
  if (!names.includes(branch)) {
    const meant = nearest(branch, names);
    throw refusal('branch-missing', `there is no local branch ${truncate(escapeText(branch), 80)}`, ...(meant === null ? [] : [`did you mean ${escapeText(meant)}?`]), 'git branch lists the branches');
  }
  if (branch === workspace.target) throw refusal('branch-is-target', `${branch} is the branch that agents land on`, 'git branch lists the others');
  const owner = presentAgents(workspace.ledger).find((other) => other.branch === branch && other.agent !== agent);
  if (owner !== undefined) throw refusal('branch-taken', `the branch ${escapeText(branch)} is ${owner.agent}'s`, `aiteam worktree set-branch ${owner.agent} ANOTHER-BRANCH`);
  if (record.branch !== branch) workspace.journal.append({ kind: 'branch-set', agent, branch });
  await refreshViews(refreshed(workspace));
  const worktree = worktreeOf(workspace, record);
  if (worktree !== undefined && !worktree.prunable && worktree.branch !== branch) {
    warn(context, `${agent}'s worktree is on ${worktree.branch === null ? 'no branch' : escapeText(worktree.branch)} at present`, `git -C ${worktree.path} switch ${branch}`);
  }
  return { agent, branch, before: record.branch };
}
