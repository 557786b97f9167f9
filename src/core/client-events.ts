import type { Budget } from './budgets.ts';
import type { AgentId } from './ids.ts';

/** What a budget that is nearly spent, or spent, did to an agent. */
export interface BudgetEffect {
  readonly agent: AgentId;
  /** `warned` where nothing but words followed. */
  readonly what: 'warned' | 'paused' | 'continued' | 'stopped';
  /** Whose budget it is; null for the team's. */
  readonly whose: string | null;
  readonly amount: Budget['amount'];
  readonly per: Budget['per'];
  /** US dollars that were spent by then, `atLeast` where the price of a part is unknown. */
  readonly usd: number;
  readonly atLeast: boolean;
}

/** What became of an agent's client. */
export type ClientEvent =
  /** Its client, or a command in its name, was at work at this time. */
  | { readonly kind: 'ran'; readonly agent: AgentId }
  | ({ readonly kind: 'budget' } & BudgetEffect)
  /** A person let the agent go on though these budgets are spent, each by its `budgetKey`. */
  | { readonly kind: 'over-budget'; readonly agent: AgentId; readonly budgets: readonly string[] }
  /** Its client was ended because its window had been idle for so long, milliseconds. */
  | { readonly kind: 'idled'; readonly agent: AgentId; readonly ms: number };
