import { nearest } from '../../core/nearest.ts';
import { escapeText } from '../../core/text.ts';
import type { Workspace } from '../workspace.ts';
import { warning, type Finding } from './finding.ts';

/** The project's budgets that limit nobody, because no agent is called so. The user's own file is for other repositories too. */
export function checkBudgets({ config, ledger }: Workspace): Promise<Finding[]> {
  const known = [...config.agents.keys(), ...ledger.agents.keys()];
  const unknown = [...config.budgets.agents.keys()].filter((name) => !known.some((agent) => agent === name));
  return Promise.resolve(unknown.map((name) => {
    const meant = nearest(name, known);
    return warning('budgets', `.aiteam.yaml limits what "${escapeText(name)}" may spend, and no agent is called that`, meant === null ? `agents are ${known.map(escapeText).join(', ')}` : `did you mean ${escapeText(meant)}?`);
  }));
}
