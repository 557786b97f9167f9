import { loadConfig } from '../config/load.ts';
import { loadUserConfig } from '../config/user.ts';
import type { AgentId } from '../core/ids.ts';
import type { OwnPane } from '../launch/own-pane.ts';
import type { Attached } from '../process/attached.ts';
import type { Env } from '../process/run.ts';
import { beat } from '../process/failpoint.ts';
import { budgetHold, type BudgetHold } from './budgets/hold.ts';
import { warn } from './context.ts';
import { isExpectedFailure } from './expected-failure.ts';
import { idleEnd, type IdleEnd } from './idle.ts';
import { recordPlaces } from './spent.ts';
import { refreshed, type Workspace } from './workspace.ts';

/** How often a client that runs is looked at. */
const LOOK_EVERY_MS = 60_000;
/** How often at least within the time that a window may be idle, and how often at most. */
const LOOKS_WITHIN_IDLE = 4;
const LOOK_AT_MOST_EVERY_MS = 500;

/** Runs `work`, and meanwhile looks at the agent's client now and then: whether it may go on. `pane` is its window's, where it has one. */
export async function watching<T>(workspace: Workspace, agent: AgentId, pane: OwnPane | null, work: (onStart: (client: Attached) => void) => Promise<T>): Promise<T> {
  let current = workspace;
  let user = await loadUserConfig(workspace.context.env);
  // An approval that is lost to a change of the configuration hides nothing that a client records meanwhile.
  const places = new Map<string, Env>();
  let hold: BudgetHold | null = null;
  let idle: IdleEnd | null = null;
  let every = LOOK_EVERY_MS;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let [over, asked] = [false, false];
  let fault: unknown = null;

  const look = async (): Promise<void> => {
    current = { ...refreshed(current), config: await lastGood(loadConfig(workspace.repo), current.config) };
    user = await lastGood(loadUserConfig(workspace.context.env), user);
    noteAll(places, recordPlaces(current, user));
    if (!over) await hold?.look(current, user, [...places.values()]);
    const limit = over ? null : await idle?.look(current, user) ?? null;
    every = limit === null ? LOOK_EVERY_MS : Math.min(LOOK_EVERY_MS, Math.max(LOOK_AT_MOST_EVERY_MS, limit / LOOKS_WITHIN_IDLE));
  };
  /** One look at a time, and the next a while after it, or at once where somebody asked meanwhile. */
  const lookNow = (): void => {
    clearTimeout(timer);
    if (looking !== null || over) {
      asked = true;
      return;
    }
    asked = false;
    // A full disk ends nobody's work: the next look may see more.
    looking = look().catch((error: unknown) => { if (!isExpectedFailure(error)) fault ??= error; }).finally(() => {
      looking = null;
      if (!over) timer = setTimeout(lookNow, asked ? 0 : beat(every));
    });
  };
  const finish = async (): Promise<void> => {
    over = true;
    clearTimeout(timer);
    await looking;
    const [spent, tooLong] = [hold?.release(current) ?? null, idle?.why() ?? null];
    if (spent !== null) warn(workspace.context, `${agent} was stopped: ${spent}`);
    else if (tooLong !== null) warn(workspace.context, `${agent} was ended: ${tooLong}`, `start it again: aiteam up ${agent}`);
    if (fault !== null) throw fault;
  };
  noteAll(places, recordPlaces(current, user));
  try {
    return await work((client) => {
      hold = budgetHold(agent, client, pane, lookNow);
      if (pane !== null) idle = idleEnd(agent, client, pane);
      // The first look tells how often it has to be.
      timer = setTimeout(lookNow, beat(LOOK_AT_MOST_EVERY_MS));
    });
  } finally {
    await finish();
  }
}

function noteAll(places: Map<string, Env>, found: readonly Env[]): void {
  for (const place of found) places.set(JSON.stringify(place), place);
}

/** A configuration that is just being written holds as it was before. */
async function lastGood<T>(read: Promise<T>, before: T): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (!isExpectedFailure(error)) throw error;
    return before;
  }
}
