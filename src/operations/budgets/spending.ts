import { reachesOf, teamReach, type Reach } from '../../core/budgets.ts';
import type { AgentId } from '../../core/ids.ts';
import { sumOf, type Sum } from '../../core/spending.ts';
import { pausedClients } from '../../state/paused.ts';
import { ownConfiguration } from '../own-configuration.ts';
import { spentIn } from '../spent.ts';
import type { Workspace } from '../workspace.ts';
import { budgetFacts } from './facts.ts';

/** What an agent has spent, and of what. */
export interface AgentSpending {
  /** All that is recorded of it; null where nothing is. */
  readonly sum: Sum | null;
  /** Its own budget; null where it has none. */
  readonly reach: Reach | null;
  /** Why its client is stopped; null where it is not. */
  readonly paused: string | null;
}

export interface TeamSpending {
  readonly agents: ReadonlyMap<AgentId, AgentSpending>;
  /** All agents together, those that were removed included. */
  readonly team: Pick<AgentSpending, 'sum' | 'reach'>;
}

/** What these agents, and the team, have spent by the clients' own records. */
export async function teamSpending(workspace: Workspace, agents: readonly AgentId[]): Promise<TeamSpending> {
  const user = await ownConfiguration(workspace.context);
  const facts = budgetFacts(workspace, user, spentIn(workspace, user, 'without-tasks'));
  const sum = (isCounted: (agent: string) => boolean): Sum | null => {
    const counted = facts.spent.filter(({ agent }) => agent !== null && isCounted(agent));
    return counted.length === 0 ? null : sumOf(counted, facts.prices);
  };
  const paused = pausedClients(workspace.layout).filter(({ left }) => !left);
  return {
    agents: new Map(agents.map((agent) => [agent, {
      sum: sum((name) => name === agent), reach: reachesOf(agent, facts).find(({ whose }) => whose === agent) ?? null,
      paused: paused.find((one) => one.agent === agent)?.why ?? null,
    }])),
    team: { sum: sum(() => true), reach: teamReach(facts) },
  };
}
