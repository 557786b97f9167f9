import { usageError } from '../core/errors.ts';
import type { AgentId } from '../core/ids.ts';
import { requireAgent } from './agents.ts';
import type { Context } from './context.ts';
import { fileFromTop } from './paths-here.ts';
import { refreshViews } from './refresh-views.ts';
import { settle } from './settle.ts';
import { openWorkspace } from './open-workspace.ts';
import { refreshed } from './workspace.ts';

export interface AssignInput {
  readonly agent: AgentId;
  /** Null takes the task away. */
  readonly task: string | null;
  /** Paths from the current folder on, which are the agent's from now on; with lines as `parser.ts:10-20`. */
  readonly files: readonly string[];
}

export interface Assigned {
  readonly agent: AgentId;
  readonly task: string | null;
  readonly files: readonly string[];
  /** The task that it had. */
  readonly before: string | null;
}

/** Gives an agent a task, and files to go with it, in the place of what it had. Errors: `agent-unknown`, `task-needed`, `path-outside`. */
export async function assignTask(context: Context, { agent, task, files }: AssignInput): Promise<Assigned> {
  const workspace = await settle(await openWorkspace(context));
  const { task: before } = requireAgent(workspace.ledger, agent);
  if (task !== null && task.trim() === '') throw usageError('task-needed', 'the task is empty', `aiteam assign ${agent} --clear takes it away`);
  const given = files.map((file) => fileFromTop(workspace, file));
  workspace.journal.append({ kind: 'task', agent, task, files: given });
  await refreshViews(refreshed(workspace));
  return { agent, task, files: given, before };
}
