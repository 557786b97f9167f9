import type { Change } from '../core/environment-plan.ts';
import { AiteamError, refusal } from '../core/errors.ts';
import type { AgentId, CommitId } from '../core/ids.ts';
import { escapeBlock, escapeText } from '../core/text.ts';
import { commitIn, type CommitContent } from '../git/commit-in.ts';
import { requireSignature } from '../git/signature.ts';
import { worktreeOf } from './agents.ts';
import { requireApproval } from './approval.ts';
import { callerName, HUMAN } from './caller.ts';
import { doing, type Context } from './context.ts';
import { launchOf, requireWorktree } from './launch.ts';
import { openWorkspace } from './open-workspace.ts';

export interface CommitRequest {
  readonly agent: AgentId;
  readonly message: string;
  /** Paths count from the worktree's top, or from the caller's folder where that is in it. */
  readonly content: CommitContent;
}

export interface Committed {
  readonly agent: AgentId;
  readonly branch: string;
  readonly commit: CommitId;
}

/**
 * Commits in an agent's worktree for it, in its name and through its hooks: for a client whose sandbox lets it write files,
 * and not commit them. Errors: `agent-unknown`, `agents-may-not`, `worktree-missing`, `worktree-elsewhere`, `no-message`,
 * `no-identity`, `nothing-to-commit`, `commit-refused`, `not-trusted`.
 */
export async function commitFor(context: Context, { agent, message, content }: CommitRequest): Promise<Committed> {
  const workspace = await openWorkspace(context);
  const { record, changes, launch } = await launchOf(workspace, agent);
  const worktree = requireWorktree(workspace, record);
  const caller = callerName(workspace);
  if (caller !== HUMAN && caller !== agent) throw refusal('agents-may-not', `${caller} may not commit for ${agent}`, `hand it over: aiteam handoff ${agent} --task …`);
  const onBranch = worktreeOf(workspace, record)?.branch ?? null;
  if (onBranch !== record.branch) {
    throw refusal('worktree-elsewhere', `${agent}'s worktree is on ${onBranch === null ? 'no branch' : escapeText(onBranch)}, and its branch is ${escapeText(record.branch)}`, `cd "$(aiteam worktree path ${agent})" && git switch ${escapeText(record.branch)}`);
  }
  if (message.trim() === '') throw refusal('no-message', 'the message is empty', `aiteam commit ${agent} -m 'what changes' --all`);
  // What a project's file sets takes effect once it is approved, and else it is not known whose commit that would be.
  if ([...(workspace.config.agents.get(agent)?.env.keys() ?? [])].some(saysWho)) await requireApproval(workspace, `variables of ${agent}`);
  const inside = workspace.repo.currentWorktree === worktree;
  const git = workspace.git.at(inside ? context.cwd : worktree).with(identityOf(changes));
  if (launch.identity === null) await requireSignature(git);
  const outcome = await commitIn(git, message, content);
  if (outcome.kind === 'nothing') {
    throw refusal('nothing-to-commit', `${agent} has nothing ${content.kind === 'staged' ? 'staged' : content.kind === 'all' ? 'to commit' : 'to commit in these paths'}`, ...(content.kind === 'all' ? ['aiteam status'] : [`everything that is not ignored: aiteam commit ${agent} -m … --all`]));
  }
  if (outcome.kind === 'refused') {
    throw new AiteamError(`the commit was refused, by a hook or by git:\n${escapeBlock(outcome.said)}`, { code: 'commit-refused', kind: 'refused', hints: ['what was to be committed is staged', `when that is settled: aiteam commit ${agent} -m …`] });
  }
  for (const line of outcome.said.split('\n').filter((text) => text !== '')) doing(context, escapeText(line));
  return { agent, branch: record.branch, commit: outcome.id };
}

/** What says who commits, without what is the provider's: a hook needs no key. */
function identityOf(changes: readonly Change[]): Record<string, string> {
  return Object.fromEntries(changes.flatMap((change) => (change.kind === 'set' && saysWho(change.name) ? [[change.name, change.value]] : [])));
}

function saysWho(variable: string): boolean {
  return /^(GIT_(AUTHOR|COMMITTER)_|AI_AGENT_|AITEAM_)/.test(variable);
}
