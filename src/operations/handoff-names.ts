import { presentAgents } from '../core/ledger.ts';
import { HUMAN } from './caller.ts';
import type { Workspace } from './workspace.ts';

/** The coordinator, by the name that handoffs have for it. */
export const COORDINATOR = 'main';

/** Who may give and take handoffs: agents, the coordinator and people. */
export function handoffNames({ ledger, config }: Workspace): ReadonlySet<string> {
  return new Set<string>([...presentAgents(ledger).map(({ agent }) => agent), ...config.agents.keys(), COORDINATOR, HUMAN]);
}
