import { refusal } from '../../core/errors.ts';
import type { AgentId } from '../../core/ids.ts';
import { promptText } from '../../core/prompt.ts';
import { lastLines, pasteInto } from '../../launch/tmux.ts';
import type { Context } from '../context.ts';
import { openWorkspace } from '../open-workspace.ts';
import { requireBudget } from '../budgets/require.ts';
import { lookAgain } from '../budgets/left.ts';
import { launchOf } from '../launch.ts';
import { requirePane, requireRunning, requireTmux } from './windows.ts';

/** Pastes a text into the agent's window, and Enter behind it. Errors: `tmux-missing`, `not-up`, `paused`, those of `promptText` and `requireBudget`. */
export async function sendTo(context: Context, agent: AgentId, text: string, overBudget: boolean): Promise<void> {
  const whole = promptText(text);
  const workspace = await openWorkspace(context);
  const tmux = await requireTmux(workspace, agent);
  const pane = await requireRunning(tmux, agent);
  const { launch } = await launchOf(workspace, agent);
  (await requireBudget(workspace, launch, { overBudget, over: () => `aiteam send ${agent} TEXT --over-budget` })).allow();
  const paused = await lookAgain(workspace.layout, agent);
  if (paused !== null) throw refusal('paused', `${agent} is paused: ${paused}`, `aiteam up ${agent} lets it go on where it may`, `aiteam logs ${agent}`);
  await pasteInto(tmux, pane, whole);
}

export interface WindowText {
  /** Null while it runs. */
  readonly exitCode: number | null;
  readonly lines: readonly string[];
}

/** The last lines of the agent's window, also of one that has ended. Errors: `tmux-missing`, `not-up`. */
export async function windowText(context: Context, agent: AgentId, count: number): Promise<WindowText> {
  const tmux = await requireTmux(await openWorkspace(context), agent);
  const pane = await requirePane(tmux, agent);
  return { exitCode: pane.exitCode, lines: await lastLines(tmux, pane, count) };
}
