import type { Change } from '../core/environment-plan.ts';
import type { AgentId } from '../core/ids.ts';
import { repositoryNames } from '../launch/environment.ts';
import type { Context } from './context.ts';
import { launchOf, requireEnvironment, requireWorktree } from './launch.ts';
import { openWorkspace } from './open-workspace.ts';
import { writablePaths } from './writable-paths.ts';

export interface AgentEnvironment {
  readonly agent: AgentId;
  readonly provider: string | null;
  readonly model: string | null;
  readonly worktree: string;
  readonly changes: readonly Change[];
}

/** The environment that `exec` gives the agent, as changes of the caller's. Errors: those of `requireEnvironment`, `worktree-missing`. */
export async function environmentOf(context: Context, agent: AgentId): Promise<AgentEnvironment> {
  const workspace = await openWorkspace(context);
  const found = await launchOf(workspace, agent);
  const worktree = requireWorktree(workspace, found.record);
  await requireEnvironment(workspace, found);
  const unset = repositoryNames(context.env).map((name): Change => ({ kind: 'unset', name }));
  return { agent, provider: found.launch.provider?.name ?? null, model: found.launch.model, worktree, changes: [...found.changes, ...unset] };
}

/** What the agent's sandbox must let it write, its worktree first. Errors: `agent-unknown`, `worktree-missing`. */
export async function pathsOf(context: Context, agent: AgentId): Promise<string[]> {
  const workspace = await openWorkspace(context);
  return writablePaths(workspace, requireWorktree(workspace, (await launchOf(workspace, agent)).record), context.env);
}
