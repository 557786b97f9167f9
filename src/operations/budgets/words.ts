import { budgetName, moneyText } from '../../core/budget-text.ts';
import type { Reach } from '../../core/budgets.ts';
import { escapeText } from '../../core/text.ts';
import { localMinute } from '../local-time.ts';
import { periodEnd } from '../periods.ts';

/** How far a budget is used, in a sentence without its full stop; of what no price is known is said. */
export function reachWords(reach: Reach): string {
  const { sum, since, state } = reach;
  const how = state === 'spent' ? 'is spent' : state === 'nearly' ? 'is nearly spent' : 'holds';
  const unknown = sum.unpriced.length === 0 ? '' : `, what ${sum.unpriced.map(escapeText).join(' and ')} cost being unknown`;
  return `${budgetName(reach)} ${how}: ${moneyText(sum)}${since === null ? '' : ` since ${localMinute(since)}`}${unknown}`;
}

/** What ends its hold by itself, or by hand. */
export function waysOn({ whose, budget }: Reach): string[] {
  return [
    ...(budget.per === null ? [] : [`the next ${budget.per} begins on ${localMinute(periodEnd(budget.per, Date.now()))}`]),
    `raise it: budgets: { ${whose === null ? 'team' : `agents: { ${whose}`}: { amount: … } }${whose === null ? '' : ' }'} in ${budget.isUsers === true ? 'your own configuration' : '.aiteam.yaml, or in your own configuration, which goes before'}`,
  ];
}
