import { loadConfig } from '../config/load.ts';
import { loadUserConfig } from '../config/user.ts';
import type { AgentId } from '../core/ids.ts';
import type { OwnPane } from '../launch/own-pane.ts';
import type { Attached } from '../process/attached.ts';
import { beat } from '../process/failpoint.ts';
import { budgetHold, type BudgetHold } from './budgets/hold.ts';
import { warn } from './context.ts';
import { isExpectedFailure } from './expected-failure.ts';
import { refreshed, type Workspace } from './workspace.ts';

/** How often a client that runs is looked at. */
const LOOK_EVERY_MS = 60_000;

/** Runs `work`, and meanwhile looks at the agent's client now and then: whether it may go on. `pane` is its window's, where it has one. */
export async function watching<T>(workspace: Workspace, agent: AgentId, pane: OwnPane | null, work: (onStart: (client: Attached) => void) => Promise<T>): Promise<T> {
  let current = workspace;
  let hold: BudgetHold | null = null;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let [over, asked] = [false, false];
  let fault: unknown = null;

  const look = async (): Promise<void> => {
    const [config, user] = await Promise.all([loadConfig(workspace.repo), loadUserConfig(workspace.context.env)]);
    current = { ...refreshed(current), config };
    if (!over) await hold?.look(current, user);
  };
  /** One look at a time, and the next a while after it, or at once where somebody asked meanwhile. */
  const lookNow = (): void => {
    clearTimeout(timer);
    if (looking !== null || over) {
      asked = true;
      return;
    }
    asked = false;
    // A configuration that is being written, or a full disk, ends nobody's work: the next look may see more.
    looking = look().catch((error: unknown) => { if (!isExpectedFailure(error)) fault ??= error; }).finally(() => {
      looking = null;
      if (!over) timer = setTimeout(lookNow, asked ? 0 : beat(LOOK_EVERY_MS));
    });
  };
  const finish = async (): Promise<void> => {
    over = true;
    clearTimeout(timer);
    await looking;
    const why = hold?.release(current) ?? null;
    if (why !== null) warn(workspace.context, `${agent} was stopped: ${why}`);
    if (fault !== null) throw fault;
  };
  try {
    return await work((client) => {
      hold = budgetHold(agent, client, pane, lookNow);
      timer = setTimeout(lookNow, beat(LOOK_EVERY_MS));
    });
  } finally {
    await finish();
  }
}
