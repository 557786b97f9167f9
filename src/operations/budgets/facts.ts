import { hasBudget, mergedBudgets, type BudgetFacts, type Budgets } from '../../core/budgets.ts';
import type { UserConfig } from '../../core/config.ts';
import type { Env } from '../../process/run.ts';
import { periodBegin } from '../periods.ts';
import { pricesFor, spentIn, type SpentHere } from '../spent.ts';
import type { Workspace } from '../workspace.ts';

/** The budgets of this repository: the user's own before the project's. */
export function budgetsOf({ config }: Pick<Workspace, 'config'>, user: UserConfig): Budgets {
  return mergedBudgets(config.budgets, user.budgets);
}

/** What they are judged by now; `spent` is what the clients' records tell. */
export function budgetFacts(workspace: Workspace, user: UserConfig, { spent }: Pick<SpentHere, 'spent'>): BudgetFacts {
  const now = Date.now();
  return { budgets: budgetsOf(workspace, user), spent, prices: pricesFor(workspace, user), userPrices: user.prices, begins: (period) => periodBegin(period, now), leaves: workspace.ledger.leaves };
}

/** The same with the records in these places read, where one of these agents has a budget; else null, and nothing is read. */
export function budgetFactsFor(workspace: Workspace, user: UserConfig, agents: readonly string[], places?: readonly Env[]): BudgetFacts | null {
  const budgets = budgetsOf(workspace, user);
  return agents.some((agent) => hasBudget(budgets, agent)) ? budgetFacts(workspace, user, spentIn(workspace, user, 'without-tasks', places)) : null;
}
