import type { AgentId } from '../../core/ids.ts';
import { closeWindows, listPanes } from '../../launch/tmux.ts';
import { isGone } from '../../state/owner.ts';
import { endLeftPaused } from '../budgets/left.ts';
import type { Context } from '../context.ts';
import { openWorkspace } from '../open-workspace.ts';
import { until } from './wait.ts';
import { endOf, requireTmux, type Ended } from './windows.ts';

/** What became of one agent's window. */
export interface Closed {
  readonly agent: string;
  /** `still`: the window is closed, and its process has not ended. */
  readonly outcome: 'closed' | 'no-window' | 'still';
  readonly pid: number | null;
  /** How its client had ended, where it had. */
  readonly ended: Ended | null;
}

const END_MS = 5000;

/** Closes the agents' windows, without names all; what is in the worktrees stays there. Errors: `tmux-missing`. */
export async function closeTeam(context: Context, agents: readonly AgentId[]): Promise<Closed[]> {
  const workspace = await openWorkspace(context);
  const tmux = await requireTmux(workspace, null);
  const open = await listPanes(tmux);
  const panes = agents.length === 0 ? open : open.filter(({ agent }) => agents.some((name) => name === agent));
  const ended = new Map(await Promise.all(panes.map(async (pane) => [pane.agent, await endOf(tmux, pane)] as const)));
  await closeWindows(tmux, panes);
  const alive = (): number[] => panes.filter(({ exitCode, pid }) => exitCode === null && !isGone(pid)).map(({ pid }) => pid);
  await until(END_MS, async () => alive().length === 0);
  const left = alive();
  endLeftPaused(workspace.layout);
  const closed = panes.map(({ agent, pid }): Closed => ({ agent, outcome: left.includes(pid) ? 'still' : 'closed', pid: left.includes(pid) ? pid : null, ended: ended.get(agent) ?? null }));
  const none = agents.filter((agent) => !panes.some((pane) => pane.agent === agent));
  return [...closed, ...none.map((agent): Closed => ({ agent, outcome: 'no-window', pid: null, ended: null }))];
}
