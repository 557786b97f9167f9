import { refusal } from '../../core/errors.ts';
import type { AgentId } from '../../core/ids.ts';
import type { WorktreeStatus } from '../../git/status.ts';
import { closeWindows, listPanes, type Pane } from '../../launch/tmux.ts';
import { isGone } from '../../state/owner.ts';
import { pausedClients } from '../../state/paused.ts';
import { endLeftPaused } from '../budgets/left.ts';
import type { Context } from '../context.ts';
import { idleLimits, idleTimes, uncommittedOf } from '../idle.ts';
import { openWorkspace } from '../open-workspace.ts';
import type { Workspace } from '../workspace.ts';
import { until } from './wait.ts';
import { endOf, requireTmux, type Ended } from './windows.ts';

/** What became of one agent's window. */
export interface Closed {
  readonly agent: string;
  /** `still`: the window is closed, and its process has not ended. `kept`: it is not idle for long enough, or paused. */
  readonly outcome: 'closed' | 'no-window' | 'still' | 'kept';
  readonly pid: number | null;
  /** How its client had ended, where it had. */
  readonly ended: Ended | null;
  /** How long it was idle, milliseconds, where that was asked. */
  readonly idleMs: number | null;
  /** Whether a budget had stopped its client. */
  readonly paused: boolean;
  /** What of its worktree is not committed, where only idle windows were closed; null else, or where nobody can tell. */
  readonly uncommitted: WorktreeStatus | null;
}

/** Which windows to close: all, those idle for so long (milliseconds), or those idle for as long as the configuration says. */
export type HowIdle = 'any' | 'configured' | number;

const END_MS = 5000;

/** Closes the agents' windows, without names all; what is in the worktrees stays there. Errors: `tmux-missing`, `no-idle-time`. */
export async function closeTeam(context: Context, agents: readonly AgentId[], howIdle: HowIdle): Promise<Closed[]> {
  const workspace = await openWorkspace(context);
  const tmux = await requireTmux(workspace, null);
  const open = await listPanes(tmux);
  const asked = agents.length === 0 ? open : open.filter(({ agent }) => agents.some((name) => name === agent));
  const idleness = howIdle === 'any' ? new Map<string, Idleness>() : await idlenessOf(workspace, asked, howIdle);
  const panes = asked.filter(({ agent }) => idleness.get(agent)?.isDue !== false);
  const ended = new Map(await Promise.all(panes.map(async (pane) => [pane.agent, await endOf(tmux, pane)] as const)));
  await closeWindows(tmux, panes);
  const alive = (): number[] => panes.filter(({ exitCode, pid }) => exitCode === null && !isGone(pid)).map(({ pid }) => pid);
  await until(END_MS, async () => alive().length === 0);
  const left = alive();
  await endLeftPaused(workspace.layout);
  const none = agents.filter((agent) => !asked.some((pane) => pane.agent === agent));
  return [
    ...asked.map(({ agent, pid }): Closed => {
      const { isDue, ...found } = idleness.get(agent) ?? NOT_ASKED;
      return { agent, outcome: !isDue ? 'kept' : left.includes(pid) ? 'still' : 'closed', pid: left.includes(pid) ? pid : null, ended: ended.get(agent) ?? null, ...found };
    }),
    ...none.map((agent): Closed => ({ agent, outcome: 'no-window', pid: null, ended: null, idleMs: null, paused: false, uncommitted: null })),
  ];
}

type Idleness = Pick<Closed, 'idleMs' | 'paused' | 'uncommitted'> & { readonly isDue: boolean };

const NOT_ASKED: Idleness = { isDue: true, idleMs: null, paused: false, uncommitted: null };

/** How long each was idle, and whether that is long enough; a client that a budget has stopped waits, and is not idle. */
async function idlenessOf(workspace: Workspace, panes: readonly Pane[], howIdle: Exclude<HowIdle, 'any'>): Promise<Map<string, Idleness>> {
  const names = panes.map(({ agent }) => agent as AgentId);
  const limits = await idleLimits(workspace, names);
  if (howIdle === 'configured' && names.length > 0 && [...limits.values()].every((limit) => limit === null)) {
    throw refusal('no-idle-time', 'nothing says how long is idle', 'aiteam down --idle 30m', 'or idle: 30m in .aiteam.yaml or your own configuration');
  }
  const times = await idleTimes(workspace, new Map(panes.map(({ agent, outputAt }) => [agent as AgentId, outputAt])));
  const paused = new Set(pausedClients(workspace.layout).filter(({ left }) => !left).map(({ agent }) => agent));
  return new Map(await Promise.all(names.map(async (name): Promise<[string, Idleness]> => {
    const limit = howIdle === 'configured' ? limits.get(name) ?? null : howIdle;
    const idleMs = times.get(name) ?? 0;
    return [name, { isDue: limit !== null && idleMs >= limit && !paused.has(name), idleMs, paused: paused.has(name), uncommitted: await uncommittedOf(workspace, name) }];
  })));
}
