import { configuredCommands } from '../core/approval.ts';
import type { UserConfig } from '../core/config.ts';
import type { Price } from '../core/prices.ts';
import type { Spent } from '../core/spending.ts';
import { folderAround, whoseWork } from '../core/whose-work.ts';
import type { Env } from '../process/run.ts';
import { readHistory } from '../state/journal.ts';
import { readUsage, type Records } from '../state/usage/read.ts';
import { isApproved } from './approval.ts';
import type { Workspace } from './workspace.ts';

/** What the clients' records tell of this repository. */
export interface SpentHere extends Omit<Records, 'usages'> {
  readonly spent: readonly Spent[];
}

/** What models cost here: the user's own prices go before the project's. */
export function pricesFor({ config }: Pick<Workspace, 'config'>, user: UserConfig): ReadonlyMap<string, Price> {
  return new Map([...config.prices, ...user.prices]);
}

/** Every recorded answer in these places with whose it was, and with its task where that is asked for: those are told by the whole journal only; what was asked in the main worktree is the person's own. */
export function spentIn(workspace: Workspace, user: UserConfig, what: 'with-tasks' | 'without-tasks', places: readonly Env[] = recordPlaces(workspace, user)): SpentHere {
  const whose = whoseWork(what === 'with-tasks' ? readHistory(workspace.layout) : [...workspace.ledger.places.values()]);
  const main = workspace.repo.mainWorktree;
  const folders = [...whose.folders, ...(main === null ? [] : [main])];
  const { usages, ...records } = readUsage(places, folders, (folder) => folderAround(folders, folder) !== null, workspace.layout.usage);
  const around = new Map<string, string>();
  // Written out: there are tens of thousands of them, and to take an object apart and together costs a multiple.
  const spent = usages.map(({ id, at, model, cwd, input, output, cacheWrite, cacheWriteLong, cacheRead }): Spent => {
    const folder = around.get(cwd) ?? folderAround(folders, cwd) ?? cwd;
    around.set(cwd, folder);
    const agent = whose.agentIn(folder, at);
    return { id, at, model, agent, task: agent === null ? null : whose.taskOf(agent, at), input, output, cacheWrite, cacheWriteLong, cacheRead };
  });
  return { ...records, spent };
}

/** The environments by which clients keep their records: ours, and those of agents that are told to keep them elsewhere, as far as that is approved. */
export function recordPlaces({ context, repo, config }: Workspace, user: UserConfig): Env[] {
  const agents = [...(isApproved({ context, repo, config }, configuredCommands(config)) ? config.agents.values() : []), ...user.agents.values()];
  return [context.env, ...agents.filter(({ env }) => env.size > 0).map(({ env }) => ({ ...context.env, ...Object.fromEntries(env) }))];
}
