import type { AgentId } from '../../core/ids.ts';
import { promptText } from '../../core/prompt.ts';
import { lastLines, pasteInto } from '../../launch/tmux.ts';
import type { Context } from '../context.ts';
import { openWorkspace } from '../open-workspace.ts';
import { requirePane, requireRunning, requireTmux } from './windows.ts';

/** Pastes a text into the agent's window, and Enter behind it. Errors: `tmux-missing`, `not-up`, those of `promptText`. */
export async function sendTo(context: Context, agent: AgentId, text: string): Promise<void> {
  const whole = promptText(text);
  const tmux = await requireTmux(await openWorkspace(context), agent);
  await pasteInto(tmux, await requireRunning(tmux, agent), whole);
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
