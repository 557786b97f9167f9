import { join } from 'node:path';
import { loadUserConfig } from '../../config/user.ts';
import { AiteamError, refusal } from '../../core/errors.ts';
import { handedVariables } from '../../core/environment-plan.ts';
import type { AgentId } from '../../core/ids.ts';
import { presentAgents, type AgentRecord } from '../../core/ledger.ts';
import { promptText } from '../../core/prompt.ts';
import { offer, type Offer } from '../../launch/hand-over.ts';
import { isUp, listPanes, openWindows, pasteInto, type NewWindow, type Pane, type Tmux } from '../../launch/tmux.ts';
import { interruptible } from '../../process/interruption.ts';
import { withMutex } from '../../state/mutex.ts';
import { bundleFile } from '../../state/package-folder.ts';
import { requireAgent } from '../agents.ts';
import { endLeftPaused, lookAgain } from '../budgets/left.ts';
import { askBudgets } from '../budgets/require.ts';
import { doing, warn, type Context } from '../context.ts';
import { inScratch } from '../in-scratch.ts';
import { planLaunch, requireStartableIn, requireWorktree, type PlannedLaunch } from '../launch.ts';
import { openWorkspace } from '../open-workspace.ts';
import { refreshViews } from '../refresh-views.ts';
import { refreshed, type Workspace } from '../workspace.ts';
import { addWorktrees } from '../worktree/add.ts';
import { quiet, until } from './wait.ts';
import { endOf, requireTmux, type Ended } from './windows.ts';

/** What became of one agent. */
export interface Opened {
  readonly agent: AgentId;
  /** `slow`: its window is open, and its client did not start in time. */
  readonly outcome: 'started' | 'running' | 'ended' | 'slow';
  /** How the one before ended, where there was one in its window. */
  readonly before: Ended | null;
  /** How it ended, where it did. */
  readonly ended: Ended | null;
  /** How the prompt came to it; null where it was not given one. */
  readonly prompt: 'argument' | 'pasted' | null;
  /** Why the client that is at work is stopped for now; null where it is not. */
  readonly paused: string | null;
}

const START_MS = 30_000;
const WAIT_MS = 2 * START_MS;
const LOOK_MS = 10;
const LOOKS_PER_QUESTION = 10;

/**
 * Opens a window for each agent that has none whose client runs; without names for all. Whatever can be refused is refused
 * before anything starts. One that is paused goes on where its budgets allow it. Errors: `tmux-missing`, `no-agents`, `worktree-missing`,
 * `busy`, those of `promptText`, `requireStartable` and `requireBudget`.
 */
export async function openTeam(context: Context, { agents, prompt, overBudget }: { agents: readonly AgentId[]; prompt: string | null; overBudget: boolean }): Promise<Opened[]> {
  const text = prompt === null ? null : promptText(prompt);
  const workspace = await openWorkspace(context);
  const wanted = wantedAgents(workspace, agents);
  const tmux = await requireTmux(workspace, wanted[0] ?? null);
  const options = { command: 'aiteam up', waitMs: WAIT_MS, onWait: () => doing(context, 'waiting for another aiteam up') };
  return withMutex(workspace.git, 'windows', options, async () => {
    await endLeftPaused(workspace.layout);
    const panes = await listPanes(tmux);
    const paneOf = (agent: AgentId): Pane | undefined => panes.find((pane) => pane.agent === agent);
    const missing = wanted.filter((agent) => paneOf(agent)?.exitCode !== null);
    const plans = await checked(workspace, wanted, { missing, overBudget });
    await makeWorktrees(workspace, missing);
    const before = new Map(await Promise.all(missing.map(async (agent) => [agent, await endedBefore(tmux, paneOf(agent))] as const)));
    const there = await isUp(tmux);
    const close = missing.flatMap((agent) => paneOf(agent) ?? []);
    const started = await inScratch('up', (folder) => interruptible('up', () => startAll(workspace, tmux, folder, plans, { text, isUp: there, close })));
    if (text !== null) for (const agent of wanted) if (!plans.has(agent)) warn(context, `${agent} was at work already, and was not given the prompt`, `aiteam send ${agent} TEXT`);
    await refreshViews(refreshed(workspace));
    const paused = new Map(await Promise.all(wanted.map(async (agent) => [agent, plans.has(agent) ? null : await lookAgain(workspace.layout, agent)] as const)));
    return wanted.map((agent) => ({ agent, before: before.get(agent) ?? null, ...(started.get(agent) ?? { outcome: 'running' as const, ended: null, prompt: null }), paused: paused.get(agent) ?? null }));
  });
}

/** Those named, which somebody must know of; else all of the configuration and all that have a worktree. */
function wantedAgents({ config, ledger }: Workspace, named: readonly AgentId[]): AgentId[] {
  for (const agent of named) if (!config.agents.has(agent)) requireAgent(ledger, agent);
  const wanted = named.length > 0 ? named : [...config.agents.keys(), ...presentAgents(ledger).map(({ agent }) => agent)];
  if (wanted.length === 0) throw refusal('no-agents', 'there is nobody to open a window for', 'aiteam worktree add claude glm');
  return [...new Set(wanted)];
}

/** How each that is missing is started, once nothing speaks against any of them; leave to go over a budget is for all that are wanted. */
async function checked(workspace: Workspace, wanted: readonly AgentId[], { missing, overBudget }: { missing: readonly AgentId[]; overBudget: boolean }): Promise<Map<AgentId, PlannedLaunch>> {
  const user = await loadUserConfig(workspace.context.env);
  const plans = new Map<AgentId, PlannedLaunch>();
  const refused = new Map<AgentId, AiteamError>();
  const hereOf = (agent: AgentId): AgentRecord | null => {
    const record = workspace.ledger.agents.get(agent);
    return record?.present === true ? record : null;
  };
  const planOf = (agent: AgentId): PlannedLaunch => planLaunch(workspace, hereOf(agent) ?? { agent, role: null, branch: '', worktree: '' }, user);
  for (const agent of missing) {
    const here = hereOf(agent);
    const plan = planOf(agent);
    try {
      const cwd = here === null ? (workspace.repo.mainWorktree ?? workspace.repo.commonDir) : requireWorktree(workspace, here);
      await requireStartableIn(workspace, cwd, plan, { given: null, prompt: null });
      plans.set(agent, plan);
    } catch (error) {
      if (!(error instanceof AiteamError)) throw error;
      refused.set(agent, error);
    }
  }
  const asked = overBudget ? wanted : [...plans.keys()];
  const { problems, allow } = await askBudgets(workspace, asked.map((agent) => planOf(agent).launch), { overBudget, over: (agent) => `aiteam up ${agent} --over-budget` });
  for (const [agent, problem] of problems) if (plans.delete(agent)) refused.set(agent, problem);
  const [first] = refused.values();
  if (first === undefined) {
    allow();
    return plans;
  }
  const others = [...plans.keys()];
  throw new AiteamError([...refused.values()].map(({ message }) => message).join('\n'), {
    code: first.code, kind: first.kind, hints: [...new Set([...refused.values()].flatMap(({ hints }) => hints)), ...(others.length === 0 ? [] : [`only the others: aiteam up ${others.join(' ')}`])],
  });
}

async function makeWorktrees(workspace: Workspace, agents: readonly AgentId[]): Promise<void> {
  const homeless = agents.filter((agent) => workspace.ledger.agents.get(agent)?.present !== true);
  if (homeless.length === 0) return;
  const added = await addWorktrees(workspace.context, { agents: homeless, from: null, branch: null, path: null, task: null, role: null });
  for (const outcome of added) {
    const error = outcome.kind === 'refused' ? outcome.error : outcome.unprepared;
    if (error !== null) throw error;
  }
}

async function endedBefore(tmux: Tmux, pane: Pane | undefined): Promise<Ended | null> {
  return pane === undefined ? null : endOf(tmux, pane);
}

type Started = Pick<Opened, 'outcome' | 'ended' | 'prompt'>;

async function startAll(
  workspace: Workspace, tmux: Tmux, folder: string, plans: ReadonlyMap<AgentId, PlannedLaunch>, { text, ...state }: { text: string | null; isUp: boolean; close: readonly Pane[] },
): Promise<Map<AgentId, Started>> {
  const offers = new Map<AgentId, Offer>();
  const takesPrompt = (agent: AgentId): boolean => plans.get(agent)?.launch.client?.promptOption != null;
  try {
    const offered = await Promise.allSettled([...plans].map(async ([agent, plan]) => {
      offers.set(agent, await offer(join(folder, agent), { values: valuesFor(workspace, plan), prompt: takesPrompt(agent) ? text : null }, tmux.env));
    }));
    for (const outcome of offered) if (outcome.status === 'rejected') throw outcome.reason;
    await openWindows(tmux, [...plans.keys()].map((agent): NewWindow => ({ agent, command: [process.execPath, bundleFile(), 'exec', '--handed', offers.get(agent)?.folder ?? '', agent] })), state);
    const waiting = (): AgentId[] => [...offers].filter(([, one]) => !one.isTaken()).map(([agent]) => agent);
    let looks = 0;
    await until(START_MS, async () => {
      if (waiting().length === 0) return true;
      looks += 1;
      // A client that ends before it has taken anything is rare, and only tmux knows of it.
      if (looks % LOOKS_PER_QUESTION !== 0) return false;
      const panes = await listPanes(tmux);
      return waiting().every((agent) => panes.find((pane) => pane.agent === agent)?.exitCode !== null);
    }, LOOK_MS);
    const slow = new Set(waiting());
    const panes = await listPanes(tmux);
    return new Map(await Promise.all([...plans.keys()].map(async (agent) => {
      const pane = panes.find((one) => one.agent === agent);
      return [agent, await report(tmux, pane, { slow: slow.has(agent), text, asArgument: takesPrompt(agent) })] as const;
    })));
  } finally {
    for (const offered of offers.values()) offered.withdraw();
  }
}

function valuesFor({ context: { env } }: Workspace, { launch, changes }: PlannedLaunch): Record<string, string> {
  return Object.fromEntries([...handedVariables(launch.provider, changes)].map(([name, from]) => [name, env[from] ?? '']));
}

async function report(tmux: Tmux, pane: Pane | undefined, { slow, text, asArgument }: { slow: boolean; text: string | null; asArgument: boolean }): Promise<Started> {
  if (pane === undefined || (pane.exitCode === null && slow)) return { outcome: 'slow', ended: null, prompt: null };
  let now = pane;
  if (pane.exitCode === null && text !== null && !asArgument) {
    await quiet(tmux, pane);
    await pasteInto(tmux, pane, text);
    now = (await listPanes(tmux)).find((one) => one.pane === pane.pane) ?? pane;
  }
  const ended = await endOf(tmux, now);
  return { outcome: ended === null ? 'started' : 'ended', ended, prompt: text === null ? null : asArgument ? 'argument' : 'pasted' };
}
