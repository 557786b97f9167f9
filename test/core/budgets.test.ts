import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetText, moneyText, usedText } from '../../src/core/budget-text.ts';
import { BUDGET_ACTIONS, budgetKey, hasBudget, holdOf, leaveKey, mergedBudgets, NO_BUDGETS, PERIODS, reachesOf, teamReach, type Budget, type BudgetFacts, type Budgets, type Period, type Reach } from '../../src/core/budgets.ts';
import { launchPrice } from '../../src/core/launch-price.ts';
import { BUILT_IN_PROVIDERS, type Provider } from '../../src/core/providers.ts';
import { isPriced } from '../../src/core/prices.ts';
import type { Spent } from '../../src/core/spending.ts';
import { periodBegin, periodEnd } from '../../src/operations/periods.ts';

const NONE = new Map<string, never>();
const agent = fc.constantFrom('claude', 'glm', 'constructor');
const budget: fc.Arbitrary<Budget> = fc.record({ amount: fc.integer({ min: 1, max: 400 }).map((cents) => cents / 100), per: fc.option(fc.constantFrom(...PERIODS)), action: fc.constantFrom(...BUDGET_ACTIONS) });
const budgets: fc.Arbitrary<Budgets> = fc.record({ team: fc.option(budget), agents: fc.array(fc.tuple(agent, budget), { maxLength: 3 }).map((entries) => new Map<string, Budget>(entries)) });
/** A million tokens of input at 0.6 dollars, or at a price that nobody knows. */
const spent: fc.Arbitrary<Spent> = fc.record({
  id: fc.constant(null), at: fc.integer({ min: 0, max: 100 }), model: fc.constantFrom('glm-4.7', 'glm-4.7', 'nobody-knows-it'), agent: fc.option(agent), task: fc.constant(null),
  input: fc.constant(1e6), output: fc.constant(0), cacheWrite: fc.constant(0), cacheWriteLong: fc.constant(0), cacheRead: fc.constant(0),
});
const BEGINS = { day: 80, week: 50, month: 20 };
const facts: fc.Arbitrary<BudgetFacts> = fc.record({ budgets, spent: fc.array(spent, { maxLength: 12 }) }).map((some) => ({ ...some, prices: NONE, userPrices: NONE, begins: (period) => BEGINS[period], leaves: NONE }));

const begun = (reach: Reach): number => (reach.budget.per === null ? 0 : BEGINS[reach.budget.per]);

describe('what of a budget is used', () => {
  it('is what the agent, or all agents, spent since its time began, and never what a person asked', () => {
    fc.assert(fc.property(facts, agent, (given, who) => {
      const reaches = reachesOf(who, given);
      expect(reaches.length > 0).toBe(hasBudget(given.budgets, who));
      for (const reach of reaches) {
        const counted = given.spent.filter((one) => one.agent !== null && (reach.whose === null || one.agent === who) && one.at >= begun(reach));
        expect(reach.sum.answers).toBe(counted.length);
        expect(reach.sum.usd).toBeCloseTo(counted.filter(({ model }) => model === 'glm-4.7').length * 0.6, 6);
        // Of what has no price nothing is known, and it is named: it is not nothing.
        expect(reach.sum.unpriced.length > 0).toBe(counted.some(({ model }) => model !== 'glm-4.7'));
        expect(reach.state === 'spent').toBe(reach.sum.usd >= reach.budget.amount);
        expect(reach.state === 'within').toBe(reach.sum.usd < 0.8 * reach.budget.amount);
      }
      expect(teamReach(given)).toEqual(reaches.find(({ whose }) => whose === null) ?? null);
    }));
  });

  it('grows with what is spent, and so does what it asks for', () => {
    const strength = (given: BudgetFacts, who: string): number => BUDGET_ACTIONS.indexOf(holdOf(reachesOf(who, given))?.action as Budget['action']);
    fc.assert(fc.property(facts, spent, agent, (given, more, who) => {
      expect(strength({ ...given, spent: [...given.spent, more] }, who)).toBeGreaterThanOrEqual(strength(given, who));
    }));
  });

  it('asks for the strictest of what is spent, and for a warning only where a person gave leave in the time that goes on', () => {
    fc.assert(fc.property(facts, agent, fc.integer({ min: 0, max: 100 }), (given, who, at) => {
      const before = reachesOf(who, given).filter(({ state }) => state === 'spent');
      expect(holdOf(before)?.action ?? null).toBe(BUDGET_ACTIONS.toReversed().find((action) => before.some((reach) => reach.budget.action === action)) ?? null);
      const leaves = new Map(before.map((reach) => [leaveKey(who, budgetKey(reach.whose, reach.budget)), at]));
      const after = holdOf(reachesOf(who, { ...given, leaves }));
      const strict = before.filter((reach) => at < begun(reach));
      expect(after?.action ?? null).toBe(strict.length > 0 ? holdOf(strict)?.action : before.length > 0 ? 'warn' : null);
      // Another's leave is not ours, and a budget that was raised is another one.
      const raised = new Map([...given.budgets.agents].map(([name, one]) => [name, { ...one, amount: one.amount + 0.01 }]));
      for (const reach of reachesOf(who, { ...given, budgets: { team: null, agents: raised }, leaves })) expect(reach.allowed).toBe(false);
    }));
  });

  it("an entry of the user's own takes the place of the project's", () => {
    fc.assert(fc.property(budgets, budgets, (project, user) => {
      const both = mergedBudgets(project, user);
      const marked = (own: Budget | null | undefined): Budget | null => (own == null ? null : { ...own, isUsers: true });
      expect(both.team).toEqual(marked(user.team) ?? project.team);
      for (const name of ['claude', 'glm', 'constructor']) expect(both.agents.get(name)).toEqual(marked(user.agents.get(name)) ?? project.agents.get(name));
      expect(hasBudget(NO_BUDGETS, 'glm')).toBe(false);
    }));
  });
});

describe('a price before anything is spent', () => {
  const [anthropic, zai, moonshot, openai] = ['anthropic', 'zai', 'moonshot', 'openai'].map((name) => BUILT_IN_PROVIDERS.get(name) ?? null);

  it("is known of listed models, of families, and of one's own", () => {
    for (const name of ['opus', 'sonnet[1m]', 'haiku', 'opus-4.5', 'claude-opus-4-5-20251101', 'glm-4.7']) expect([name, isPriced(name, NONE)]).toEqual([name, true]);
    for (const name of ['', 'claude', 'opu', 'glm', 'kimi-k2.5', 'constructor', '[1m]']) expect([name, isPriced(name, NONE)]).toEqual([name, false]);
  });

  it('is that of the model, else those of the provider; what a client chooses by itself has none', () => {
    const prices = new Map([['kimi-k2.5', { input: 1, output: 1, cacheRead: 1, cacheWrite: 1, cacheWriteLong: 1 }]]);
    expect(launchPrice({ model: 'glm-4.7', provider: zai ?? null }, NONE)).toEqual({ kind: 'known' });
    expect(launchPrice({ model: null, provider: moonshot ?? null }, NONE)).toEqual({ kind: 'unpriced', model: 'kimi-k2.5' });
    expect(launchPrice({ model: null, provider: moonshot ?? null }, prices)).toEqual({ kind: 'known' });
    expect(launchPrice({ model: null, provider: anthropic ?? null }, NONE)).toEqual({ kind: 'known' });
    expect(launchPrice({ model: null, provider: openai ?? null }, NONE)).toEqual({ kind: 'unsaid' });
    expect(launchPrice({ model: null, provider: null }, NONE)).toEqual({ kind: 'unsaid' });
    // Seen to fail by the agent's model alone: what its client asks the provider's small one costs unknown sums from the start.
    const own: Provider = { ...(zai as Provider), models: { opus: null, sonnet: 'glm-4.7', haiku: 'acme-small' } };
    expect(launchPrice({ model: 'glm-4.7', provider: own }, NONE)).toEqual({ kind: 'unpriced', model: 'acme-small' });
    expect(launchPrice({ model: 'glm-4.7', provider: { ...own, modelFor: ['sonnet', 'haiku'] } }, NONE)).toEqual({ kind: 'known' });
    expect(launchPrice({ model: 'gpt-5', provider: { ...own, api: 'openai' } }, NONE)).toEqual({ kind: 'known' });
  });
});

describe('the time of a budget', () => {
  it('begins at local midnight, on Monday, on the 1st, and the next one where it ends, also where clocks change', () => {
    const before = process.env['TZ'];
    try {
      // In Cairo and Havana clocks change at midnight, which some days do not have, or have twice.
      for (const zone of ['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Apia', 'Africa/Cairo', 'America/Havana']) {
        process.env['TZ'] = zone;
        fc.assert(fc.property(fc.constantFrom(...PERIODS), fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) }), (period, now) => {
          const [begin, end] = [periodBegin(period, now), periodEnd(period, now)];
          expect(begin <= now && now < end).toBe(true);
          expect([periodBegin(period, begin), periodBegin(period, end - 1), periodBegin(period, end)]).toEqual([begin, begin, end]);
          const local = new Date(begin);
          // Seen to fail where a day is counted from an hour that another lacks: Monday began at 1 for whoever asked on that day.
          const first = new Date(local.getFullYear(), local.getMonth(), local.getDate());
          expect([begin, local.getMinutes(), period === 'week' ? local.getDay() : 1, period === 'month' ? local.getDate() : 1]).toEqual([first.getTime(), 0, 1, 1]);
        }));
      }
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });
});

describe('an amount', () => {
  it('is said as it is known', () => {
    const budget = { amount: 5, per: 'day', action: 'stop' } as const;
    const sum = (usd: number, ...unpriced: string[]) => ({ tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0 }, answers: 1, usd, unpriced });
    expect(usedText({ budget, sum: sum(4.1) })).toBe('$4.10 of $5.00 a day');
    expect(usedText({ budget: { ...budget, per: null }, sum: sum(4.1, 'x') })).toBe('at least $4.10 of $5.00 altogether');
    expect(moneyText(sum(0, 'x'))).toBe('unknown');
    expect(budgetText({ amount: 0.001, per: 'week' })).toBe('$0.001 a week');
    // As a damaged journal may have it. Seen to fail where it is shown as it is.
    expect(budgetText({ amount: 1, per: '\u001b[2J' as Period })).toBe('$1.00 a \\x1b[2J');
  });
});
