import { spendingRows, sumOf, type GroupField, type SpendingRow, type Sum } from '../core/spending.ts';
import { loadUserConfig } from '../config/user.ts';
import type { Context } from './context.ts';
import { openWorkspace } from './open-workspace.ts';
import { pricesFor, spentIn } from './spent.ts';

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
  const { spent, ...records } = spentIn(workspace, user, by.includes('task') ? 'with-tasks' : 'without-tasks');
  const counted = since === null ? spent : spent.filter(({ at }) => at >= since);
  const prices = pricesFor(workspace, user);
  return { since, by, rows: spendingRows(counted, by, prices), total: sumOf(counted, prices), ...records };
}
