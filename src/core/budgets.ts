import type { Price } from './prices.ts';
import { sumOf, type Spent, type Sum } from './spending.ts';

/** What happens once a budget is spent, from mild to strict. */
export const BUDGET_ACTIONS = ['warn', 'pause', 'stop'] as const;
export type BudgetAction = (typeof BUDGET_ACTIONS)[number];

export const PERIODS = ['day', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];

/** How much may be spent. */
export interface Budget {
  /** US dollars, above 0. */
  readonly amount: number;
  /** In which time; null for altogether. */
  readonly per: Period | null;
  readonly action: BudgetAction;
  /** Where it stands in the user's own file: no project says then what a model costs. */
  readonly isUsers?: true;
}

export interface Budgets {
  /** What all agents may spend together. */
  readonly team: Budget | null;
  readonly agents: ReadonlyMap<string, Budget>;
}

export const NO_BUDGETS: Budgets = { team: null, agents: new Map() };

/** The share of a budget from which on it is said to be nearly spent. */
const NEARLY = 0.8;

/** The budgets of both files: an entry of the user's own takes the place of the project's. */
export function mergedBudgets(project: Budgets, user: Budgets): Budgets {
  const users = (budget: Budget): Budget => ({ ...budget, isUsers: true });
  return { team: user.team === null ? project.team : users(user.team), agents: new Map([...project.agents, ...[...user.agents].map(([agent, budget]) => [agent, users(budget)] as const)]) };
}

/** Whether anything limits what this agent spends. */
export function hasBudget({ team, agents }: Budgets, agent: string): boolean {
  return team !== null || agents.has(agent);
}

/** How far one budget is used. */
export interface Reach {
  /** The agent's name; null for the team's. */
  readonly whose: string | null;
  readonly budget: Budget;
  /** When its time began, epoch milliseconds; null where it counts altogether. */
  readonly since: number | null;
  /** What was spent since then: with models of no known price at least that much. */
  readonly sum: Sum;
  readonly state: 'within' | 'nearly' | 'spent';
  /** Whether a person said to go on all the same. */
  readonly allowed: boolean;
}

/** What budgets are judged by. */
export interface BudgetFacts {
  readonly budgets: Budgets;
  readonly spent: readonly Spent[];
  /** Prices that go before the list's: of both files, and those in the user's own. */
  readonly prices: ReadonlyMap<string, Price>;
  readonly userPrices: ReadonlyMap<string, Price>;
  /** When the time that goes on now has begun, epoch milliseconds. */
  readonly begins: (period: Period) => number;
  /** When a person last let an agent go on over a budget, by `leaveKey`; epoch milliseconds. */
  readonly leaves: ReadonlyMap<string, number>;
}

/** How far the budgets are used that an agent is bound by, its own first. */
export function reachesOf(agent: string, facts: BudgetFacts): Reach[] {
  const own = facts.budgets.agents.get(agent);
  return [...(own === undefined ? [] : [reachOf(agent, own, agent, facts)]), ...(facts.budgets.team === null ? [] : [reachOf(null, facts.budgets.team, agent, facts)])];
}

/** How far the team's budget is used; null where it has none. */
export function teamReach(facts: BudgetFacts): Reach | null {
  return facts.budgets.team === null ? null : reachOf(null, facts.budgets.team, null, facts);
}

/** The prices by which a budget is kept: with those of a project nothing would cost what the user's own says. */
export function pricesUnder({ isUsers }: Budget, { prices, userPrices }: Pick<BudgetFacts, 'prices' | 'userPrices'>): ReadonlyMap<string, Price> {
  return isUsers === true ? userPrices : prices;
}

function reachOf(whose: string | null, budget: Budget, agent: string | null, facts: BudgetFacts): Reach {
  const { spent, begins, leaves } = facts;
  const since = budget.per === null ? null : begins(budget.per);
  // What a person asked in a checkout of their own is no agent's.
  const counted = spent.filter((one) => (whose === null ? one.agent !== null : one.agent === whose) && (since === null || one.at >= since));
  const sum = sumOf(counted, pricesUnder(budget, facts));
  const leave = agent === null ? undefined : leaves.get(leaveKey(agent, budgetKey(whose, budget)));
  return {
    whose, budget, since, sum, state: sum.usd >= budget.amount ? 'spent' : sum.usd >= NEARLY * budget.amount ? 'nearly' : 'within',
    allowed: leave !== undefined && (since === null || leave >= since),
  };
}

/** What an agent's leave to go on over a budget is known by. */
export function leaveKey(agent: string, budget: string): string {
  return `${agent} ${budget}`;
}

/** What it is known by that a budget was said to be used so far. */
export function warningKey(budget: string, state: 'nearly' | 'spent'): string {
  return `${budget} ${state}`;
}

/** What a budget is known by: with another amount or time it is another one. No agent's name begins with a sign. */
export function budgetKey(whose: string | null, { amount, per }: Pick<Budget, 'amount' | 'per'>): string {
  return `${whose ?? '*'} ${amount} ${per ?? 'altogether'}`;
}

/** What to do with a client that runs: null for nothing. */
export type Step = 'stop' | 'pause' | 'go-on' | null;

/** What a hold makes of a client that is paused, or is not. */
export function nextStep(isPaused: boolean, hold: Hold | null): Step {
  if (hold?.action === 'stop') return 'stop';
  if (hold?.action === 'pause') return isPaused ? null : 'pause';
  return isPaused ? 'go-on' : null;
}

/** A budget that is spent, and what it asks for. */
export interface Hold {
  readonly action: BudgetAction;
  readonly reach: Reach;
}

/** The strictest thing that spent budgets ask for, a leave turning it into a warning; null where none is spent. */
export function holdOf(reaches: readonly Reach[]): Hold | null {
  const holds = reaches.filter(({ state }) => state === 'spent').map((reach): Hold => ({ action: reach.allowed ? 'warn' : reach.budget.action, reach }));
  return BUDGET_ACTIONS.toReversed().map((action) => holds.find((hold) => hold.action === action)).find((hold) => hold !== undefined) ?? null;
}
