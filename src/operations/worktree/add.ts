import { existsSync } from 'node:fs';
import { AiteamError, refusal, usageError } from '../../core/errors.ts';
import type { AgentId, CommitId } from '../../core/ids.ts';
import { escapeText } from '../../core/text.ts';
import { planAdd, type AddPlan } from '../../core/worktree-plan.ts';
import { branchLock, gitDirOf, removeWorktree } from '../../git/worktree-commands.ts';
import { adminFolders } from '../../git/worktrees.ts';
import { failpoint } from '../../process/failpoint.ts';
import { clearIntent, writeIntent, type AddIntent } from '../../state/intents.ts';
import { readPreparation } from '../../state/preparation.ts';
import { doing, type Context } from '../context.ts';
import { warnOfAbsentHooks } from '../install-hooks.ts';
import { prepareWorktree } from '../prepare-worktree.ts';
import { refreshViews } from '../refresh-views.ts';
import { openWorkspace } from '../open-workspace.ts';
import { reread, type Workspace } from '../workspace.ts';
import { addFacts, startingPoint, warnIfBehind, type AddWishes } from './add-facts.ts';
import { aloneWithWorktrees } from './alone.ts';
import { finishAdd } from './finish.ts';
import { pinBeforeForgetting } from './pin.ts';
import { makeWhole } from './recover.ts';

export interface AddRequest extends AddWishes {
  readonly agents: readonly AgentId[];
  readonly task: string | null;
  readonly role: string | null;
}

/** What became of one agent's worktree. */
export type Added =
  | {
      readonly kind: 'made' | 'attached' | 'existing';
      readonly agent: AgentId;
      readonly path: string;
      readonly branch: string;
      /** Whether the configuration knows the agent. */
      readonly configured: boolean;
      /** Why it is not ready to work in yet; null where it is. */
      readonly unprepared: AiteamError | null;
    }
  | { readonly kind: 'refused'; readonly agent: AgentId; readonly error: AiteamError };

/**
 * Makes a worktree and a branch for each agent, one after another; what stops one does not stop the others.
 * Errors: those of the only agent, where there is one; `one-agent-only`, `revision-unknown`.
 */
export async function addWorktrees(context: Context, request: AddRequest): Promise<Added[]> {
  requireSingle(request);
  const workspace = await openWorkspace(context);
  const start = await startingPoint(workspace, request.from);
  const added: Added[] = [];
  let toldBehind = false;
  for (const agent of request.agents) {
    const outcome = await refusedOr(agent, async () => {
      const made = await addOne(workspace, agent, start, request);
      if (made.newBranch && !toldBehind) await warnIfBehind(workspace, request.from);
      toldBehind ||= made.newBranch;
      return prepared(workspace, made);
    });
    if (outcome.kind === 'refused' && request.agents.length === 1) throw outcome.error;
    added.push(outcome);
  }
  await refreshViews(await reread(workspace));
  return added;
}

interface Made {
  readonly agent: AgentId;
  readonly path: string;
  readonly branch: string;
  readonly kind: 'made' | 'attached' | 'existing';
  readonly newBranch: boolean;
}

async function addOne(workspace: Workspace, agent: AgentId, start: CommitId, request: AddRequest): Promise<Made> {
  return aloneWithWorktrees(workspace, `aiteam worktree add ${agent}`, async (fresh) => {
    const facts = await addFacts(fresh, agent, start, request);
    const plan = planAdd(facts);
    const { path, branch } = plan;
    const made = { agent, path, branch };
    if (plan.kind === 'make') {
      await make(fresh, agent, plan, { ...request, folderWasThere: facts.pathHolds === 'an empty folder' });
      return { ...made, kind: plan.newBranch === null ? 'attached' : 'made', newBranch: plan.newBranch !== null };
    }
    const gitDir = gitDirOf(fresh.repo.commonDir, path);
    if (gitDir !== null) await finishAdd(fresh, { ...made, gitDir }, request);
    return { ...made, kind: plan.kind === 'existing' ? 'existing' : 'attached', newBranch: false };
  });
}

async function make(
  workspace: Workspace, agent: AgentId, plan: AddPlan & { kind: 'make' }, wishes: { role: string | null; task: string | null; folderWasThere: boolean },
): Promise<void> {
  const { repo, layout, context } = workspace;
  const { path, branch, newBranch } = plan;
  doing(context, `adding ${agent}'s worktree`);
  if (plan.forgetFirst) {
    const gone = gitDirOf(repo.commonDir, path);
    if (gone !== null) await pinBeforeForgetting(workspace, { agent, path, branch, gitDir: gone });
    await removeWorktree(workspace.git, path);
  }
  if (newBranch !== null) requireNoLock(branchLock(repo.commonDir, branch));
  const intent: AddIntent = {
    kind: 'add', agent, path, branch, newBranch, role: wishes.role, task: wishes.task, folderWasThere: wishes.folderWasThere, adminBefore: adminFolders(repo.commonDir),
  };
  writeIntent(layout, intent);
  failpoint('add-intent-written');
  const gitDir = await makeWhole(workspace, intent).catch((error: unknown) => {
    clearIntent(layout, intent);
    throw error;
  });
  failpoint('worktree-made');
  await finishAdd(workspace, { agent, path, branch, gitDir }, wishes);
  failpoint('add-recorded');
  clearIntent(layout, intent);
}

/** Whoever clears away after a kill may then take a lock for ours. */
function requireNoLock(lock: string): void {
  if (!existsSync(lock)) return;
  throw refusal('ref-locked', `a lock file is in the way: ${escapeText(lock)}`, 'another git process may be at work: try again', `if none is: rm ${escapeText(lock)}`);
}

/** Runs what was not run to its end before: copies, links, set-up commands. */
async function prepared(workspace: Workspace, made: Made): Promise<Added> {
  const { kind, agent, path, branch } = made;
  const added = { kind, agent, path, branch, configured: workspace.config.agents.has(agent) };
  const gitDir = gitDirOf(workspace.repo.commonDir, path);
  if (gitDir !== null && readPreparation(gitDir)?.done === true) return { ...added, unprepared: null };
  try {
    await prepareWorktree(await reread(workspace), path);
    await warnOfAbsentHooks(workspace.context, workspace.repo, workspace.layout, path);
    return { ...added, unprepared: null };
  } catch (error) {
    if (!(error instanceof AiteamError)) throw error;
    return { ...added, unprepared: error };
  }
}

async function refusedOr(agent: AgentId, work: () => Promise<Added>): Promise<Added> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AiteamError)) throw error;
    return { kind: 'refused', agent, error };
  }
}

function requireSingle(request: AddRequest): void {
  if (request.agents.length < 2) return;
  for (const [option, value] of [['--branch', request.branch], ['--path', request.path]] as const) {
    if (value === null || value.includes('{agent}')) continue;
    throw usageError('one-agent-only', `${option} ${value} cannot be for several agents at once`, `put {agent} into it: ${option} 'team/{agent}'`);
  }
}
