import { fillTemplate } from '../../core/config.ts';
import { newBranchProblem } from '../../core/branch-name.ts';
import { refusal, usageError } from '../../core/errors.ts';
import { branchName, type AgentId, type CommitId } from '../../core/ids.ts';
import { presentAgents } from '../../core/ledger.ts';
import { escapeText, plural, truncate } from '../../core/text.ts';
import type { AddFacts } from '../../core/worktree-plan.ts';
import { listRefs, resolveCommit } from '../../git/refs.ts';
import { warn } from '../context.ts';
import type { Workspace } from '../workspace.ts';
import { findMoved } from './find-moved.ts';
import { placeFor, whatIsAt } from './place.ts';

export interface AddWishes {
  /** A revision; null for the target. */
  readonly from: string | null;
  /** A branch, `{agent}` filled in; null for the recorded one, else the configured template. */
  readonly branch: string | null;
  /** A folder, `{agent}` filled in; null for the configured template. */
  readonly path: string | null;
}

/** Gathers what the plan for one agent rests on. Errors: `branch-name`, `path-hostile`, `path-in-git`. */
export async function addFacts(workspace: Workspace, agent: AgentId, start: CommitId, wishes: AddWishes): Promise<AddFacts> {
  const { repo, config, ledger, target } = workspace;
  const refs = await listRefs(workspace.git, 'refs/heads/');
  const branches = new Map(refs.map((ref) => [branchName(ref.name) ?? ref.name, ref.id]));
  const record = ledger.agents.get(agent);
  const known = record?.present === true ? { branch: record.branch, worktree: record.worktree } : null;
  const branch = wishes.branch === null ? (known?.branch ?? fillTemplate(config.worktrees.branch, { agent })) : fillTemplate(wishes.branch, { agent });
  if (!branches.has(branch)) requireName(branch);
  const path = known !== null && wishes.path === null ? known.worktree : placeFor(workspace, agent, wishes.path);
  const worktrees = repo.worktrees.filter((worktree) => !worktree.bare);
  const missing = worktrees.find((worktree) => worktree.prunable && worktree.path === known?.worktree);
  return {
    agent,
    path,
    pathGiven: wishes.path !== null,
    pathHolds: whatIsAt(path),
    branch,
    branchGiven: wishes.branch !== null,
    start,
    startGiven: wishes.from !== null,
    target,
    branches,
    worktrees: worktrees.map((worktree) => ({ path: worktree.path, branch: worktree.branch, missing: worktree.prunable, locked: worktree.locked })),
    known,
    taken: new Map(presentAgents(ledger).map((other) => [other.branch, other.agent])),
    movedTo: missing === undefined || missing.gitDir === null ? null : findMoved(repo, { path: missing.path, gitDir: missing.gitDir }),
  };
}

/** The commit that new branches begin at. Errors: `revision-unknown`. */
export async function startingPoint(workspace: Workspace, from: string | null): Promise<CommitId> {
  const commit = await resolveCommit(workspace.git.at(workspace.context.cwd), from ?? `refs/heads/${workspace.target}`);
  if (commit !== null) return commit;
  throw refusal('revision-unknown', `there is no commit ${truncate(escapeText(from ?? workspace.target), 80)} here`, 'git branch --all lists the branches');
}

/** Says where a branch that work begins at is behind its upstream, as far as was fetched. */
export async function warnIfBehind(workspace: Workspace, from: string | null): Promise<void> {
  const git = workspace.git.at(workspace.context.cwd);
  const ref = from === null
    ? `refs/heads/${workspace.target}`
    : (await git.run(['rev-parse', '--symbolic-full-name', '--verify', '--quiet', '--end-of-options', from], { accept: [0, 1, 128] })).stdout.toString('utf8').trim();
  if (!ref.startsWith('refs/heads/')) return;
  const [upstream = '', track = ''] = (await git.text(['for-each-ref', '--format=%(upstream:short)%09%(upstream:track,nobracket)', ref])).split('\t');
  const behind = Number(/behind (\d+)/.exec(track)?.[1] ?? 0);
  if (behind === 0) return;
  const branch = escapeText(branchName(ref) ?? ref);
  warn(
    workspace.context, `${branch} is ${plural(behind, 'commit')} behind ${escapeText(upstream)}, so far as was fetched: new branches begin without them`,
    `to begin at the newest instead: aiteam worktree add AGENT --from ${escapeText(upstream)}`,
  );
}

function requireName(branch: string): void {
  const problem = newBranchProblem(branch);
  if (problem === null) return;
  throw usageError('branch-name', `"${truncate(escapeText(branch), 80)}" cannot be a branch's name: ${problem}`, 'such as --branch feature/glm');
}
