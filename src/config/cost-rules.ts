import { agentNameProblem } from '../core/agent-name.ts';
import { BUDGET_ACTIONS, NO_BUDGETS, PERIODS, type Budget, type Budgets } from '../core/budgets.ts';
import type { Price } from '../core/prices.ts';
import { escapeText, truncate } from '../core/text.ts';
import { made, mapOf, oneOf, optional, record, required, scalar, type Rule } from './rules.ts';

const perMillion = scalar('US dollars for a million tokens, such as 0.6', parseAmount);

/** What models cost, by name: in a project's file, and in the user's own. */
export const pricesRule: Rule<ReadonlyMap<string, Price>> = mapOf('a map of models', modelProblem, made(
  record('a map with input, output, cache_read, cache_write and cache_write_1h', {
    input: required(perMillion),
    output: required(perMillion),
    cache_read: optional(perMillion, null),
    cache_write: optional(perMillion, null),
    cache_write_1h: optional(perMillion, null),
  }),
  ({ input, output, cache_read: cacheRead, cache_write: cacheWrite, cache_write_1h: cacheWriteLong }) => ({
    input, output, cacheRead: cacheRead ?? input, cacheWrite: cacheWrite ?? input, cacheWriteLong: cacheWriteLong ?? cacheWrite ?? input,
  }),
));

const budgetRule: Rule<Budget> = made(
  record('a map with amount, per and when_spent', {
    amount: required(scalar('US dollars above 0, such as 5 or 0.5', (value) => (parseAmount(value) ?? 0) > 0 ? parseAmount(value) : null)),
    per: optional(oneOf(...PERIODS), null),
    when_spent: optional(oneOf(...BUDGET_ACTIONS), 'warn'),
  }),
  ({ amount, per, when_spent: action }) => ({ amount, per, action }),
);

/** What may be spent: in a project's file, and in the user's own. */
export const budgetsRule: Rule<Budgets> = record('a map with team and agents', {
  team: optional(budgetRule, null),
  agents: optional(mapOf<string, Budget>('a map of agents', agentNameProblem, budgetRule), NO_BUDGETS.agents),
});

/** At most a million; null where the text is no such amount. */
function parseAmount(text: string): number | null {
  return /^\d{1,7}(\.\d{1,9})?$/.test(text) && Number(text) <= 1e6 ? Number(text) : null;
}

function modelProblem(name: string): string | null {
  return /^\S{1,128}$/.test(name) && escapeText(name) === name ? null : `expected the name of a model, found "${truncate(name, 60)}"`;
}
