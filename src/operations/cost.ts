import { configuredCommands } from '../core/approval.ts';
import { spendingRows, sumOf, type GroupField, type Spent, type SpendingRow, type Sum } from '../core/spending.ts';
import { folderAround, whoseWork } from '../core/whose-work.ts';
import { loadUserConfig } from '../config/user.ts';
import type { UserConfig } from '../core/config.ts';
import type { Env } from '../process/run.ts';
import { readHistory } from '../state/journal.ts';
import { readUsage } from '../state/usage/read.ts';
import { isApproved } from './approval.ts';
import type { Context } from './context.ts';
import { openWorkspace } from './open-workspace.ts';
import type { Workspace } from './workspace.ts';

export interface CostInput {
  /** Epoch milliseconds; null for all that is recorded. */
  readonly since: number | null;
  /** What the rows are told apart by. */
  readonly by: readonly GroupField[];
}

/** What the models' answers cost that were given in this repository's worktrees. */
export interface Cost {
  readonly since: number | null;
  readonly by: readonly GroupField[];
  readonly rows: readonly SpendingRow[];
  readonly total: Sum;
  /** Session files that were read, lines in them that could not be, and files that we were not allowed to open. */
  readonly files: number;
  readonly malformed: number;
  readonly unreadable: readonly string[];
}

/** Tokens and money by agent, model or task, from the clients' own records. Errors: those of a workspace and of the user's configuration. */
export async function readCost(context: Context, { since, by }: CostInput): Promise<Cost> {
  const workspace = await openWorkspace(context);
  const user = await loadUserConfig(context.env);
  const { spent, ...records } = spentIn(workspace, user);
  const counted = since === null ? spent : spent.filter(({ at }) => at >= since);
  const prices = new Map([...workspace.config.prices, ...user.prices]);
  return { since, by, rows: spendingRows(counted, by, prices), total: sumOf(counted, prices), ...records };
}

/** Every recorded answer with whose it was; what was asked in the main worktree is the person's own. */
function spentIn(workspace: Workspace, user: UserConfig): Pick<Cost, 'files' | 'malformed' | 'unreadable'> & { spent: Spent[] } {
  const whose = whoseWork(readHistory(workspace.layout));
  const main = workspace.repo.mainWorktree;
  const folders = [...whose.folders, ...(main === null ? [] : [main])];
  const { usages, ...records } = readUsage(environmentsOf(workspace, user), folders, (folder) => folderAround(folders, folder) !== null);
  const spent = usages.map(({ cwd, ...usage }) => {
    const agent = whose.agentIn(folderAround(folders, cwd) ?? cwd, usage.at);
    return { ...usage, agent, task: agent === null ? null : whose.taskOf(agent, usage.at) };
  });
  return { ...records, spent };
}

/** Ours, and those of agents that are told to keep their client's files elsewhere. */
function environmentsOf({ context, repo, config }: Workspace, user: UserConfig): Env[] {
  const agents = [...(isApproved({ context, repo, config }, configuredCommands(config)) ? config.agents.values() : []), ...user.agents.values()];
  return [context.env, ...agents.filter(({ env }) => env.size > 0).map(({ env }) => ({ ...context.env, ...Object.fromEntries(env) }))];
}
