import type { AgentId } from '../core/ids.ts';
import { refusal } from '../core/errors.ts';
import type { Launch } from '../core/launch.ts';
import { take, taken } from '../launch/hand-over.ts';
import { ownPane, type OwnPane } from '../launch/own-pane.ts';
import type { Attached } from '../process/attached.ts';
import { runAttached, type AttachedOutcome } from '../process/run-attached.ts';
import { endLeftPaused } from './budgets/left.ts';
import { requireBudget } from './budgets/require.ts';
import { warn, type Context } from './context.ts';
import { isExpectedFailure } from './expected-failure.ts';
import { launchOf, requireStartable, type Asked } from './launch.ts';
import { openWorkspace } from './open-workspace.ts';
import { bringViewsUpToDate } from './refresh-views.ts';
import { watching } from './watch-client.ts';
import { refreshed, type Workspace } from './workspace.ts';

/** How often a client that runs is noted: well within the time after which nobody would call it active. */
export const NOTED_EVERY_MS = 10 * 60_000;

/**
 * The exit code of the agent's command, or of the given one, run in its worktree and environment, with our terminal. Budgets are
 * the agent's: a given command they leave alone. Errors: those of `requireStartable` and of `requireBudget`, and
 * `client-not-started` where the system would not have it.
 */
export async function execAgent(context: Context, agent: AgentId, given: readonly string[] | null, overBudget: boolean): Promise<number> {
  return start(context, agent, { given, prompt: null, overBudget, pane: null, shows: true }, () => undefined);
}

/** The same for the window of an agent: keys and prompt are those that `up` offers in the folder. Errors: `hand-over` as well. */
export async function execHanded(context: Context, agent: AgentId, folder: string): Promise<number> {
  const { values, prompt } = take(folder);
  try {
    return await start({ ...context, env: { ...context.env, ...values } }, agent, { given: null, prompt, overBudget: false, pane: ownPane(context.env), shows: false }, () => taken(folder));
  } finally {
    taken(folder);
  }
}

interface Started extends Asked {
  /** Whether the views are to say at once that it is at work; `up` does so once for all of its windows. */
  readonly shows: boolean;
  readonly overBudget: boolean;
  readonly pane: OwnPane | null;
}

async function start(context: Context, agent: AgentId, asked: Started, onStarted: () => void): Promise<number> {
  const workspace = await openWorkspace(context);
  const found = await launchOf(workspace, agent);
  const { program, args, cwd, env } = await requireStartable(workspace, found, asked);
  const runIt = (onStart: (client: Attached) => void): Promise<AttachedOutcome> => noting(workspace, agent, (onNoted) => runAttached(program, args, {
    cwd, env, onStart: (_pid, client) => { onNoted(); onStarted(); onStart(client); },
  }), asked.shows);
  const outcome = asked.given === null ? await withinBudget(workspace, found.launch, asked, runIt) : await runIt(() => undefined);
  if (outcome.kind === 'not-started') throw refusal('client-not-started', `${program} could not be started (${outcome.reason})`, 'is it a program for this machine?');
  return outcome.exitCode;
}

async function withinBudget<T>(workspace: Workspace, launch: Launch, { overBudget, pane }: Started, work: (onStart: (client: Attached) => void) => Promise<T>): Promise<T> {
  await endLeftPaused(workspace.layout);
  const { allow } = await requireBudget(workspace, launch, { overBudget, over: (agent) => `aiteam exec --over-budget ${agent}` });
  allow();
  return watching(workspace, launch.agent, pane, work);
}

/** Notes that the agent is at work: when the work starts, now and then, and when it ends; `shows` it in the views at once. */
export async function noting<T>(workspace: Workspace, agent: AgentId, work: (onStart: () => void) => Promise<T>, shows = true): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let unnoted: Error | null = null;
  // What cannot be written, as on a full disk, is no reason to end the client.
  const note = (): void => {
    try {
      workspace.journal.append({ kind: 'ran', agent });
    } catch (error) {
      if (!isExpectedFailure(error)) throw error;
      unnoted = error;
    }
  };
  let shown: Promise<void> = Promise.resolve();
  try {
    return await work(() => {
      note();
      timer = setInterval(note, NOTED_EVERY_MS);
      // The views say so at once, and the client does not wait for them.
      if (shows) shown = showActive(workspace);
    });
  } finally {
    clearInterval(timer);
    if (timer !== undefined) note();
    await shown;
    warnOf(workspace, unnoted);
  }
}

function warnOf({ context }: Workspace, unnoted: Error | null): void {
  if (unnoted !== null) warn(context, unnoted.message);
}

/** What goes wrong with the views is for the next command to say: the terminal is the client's. */
async function showActive(workspace: Workspace): Promise<void> {
  try {
    await bringViewsUpToDate(refreshed(workspace));
  } catch (error) {
    if (!isExpectedFailure(error)) throw error;
  }
}
