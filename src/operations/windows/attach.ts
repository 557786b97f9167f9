import { refusal } from '../../core/errors.ts';
import type { AgentId } from '../../core/ids.ts';
import { attachArguments, listPanes } from '../../launch/tmux.ts';
import { runAttached } from '../../process/run-attached.ts';
import type { Context } from '../context.ts';
import { openWorkspace } from '../open-workspace.ts';
import { requirePane, requireTmux } from './windows.ts';

/** Returns where windows can be shown here. Errors: `no-terminal`. */
export function requireTerminal({ confirm }: Context): void {
  if (confirm === null) throw refusal('no-terminal', 'this is no terminal: there is nowhere to show the windows', 'in a terminal: aiteam attach');
}

/** Shows the team's windows in this terminal until the person detaches; the exit code of tmux. Errors: `no-terminal`, `tmux-missing`, `not-up`. */
export async function attachTeam(context: Context, agent: AgentId | null): Promise<number> {
  requireTerminal(context);
  const workspace = await openWorkspace(context);
  const tmux = await requireTmux(workspace, agent);
  if ((await listPanes(tmux)).length === 0) throw refusal('not-up', 'no window is open', 'aiteam up opens them');
  const pane = agent === null ? null : await requirePane(tmux, agent);
  const outcome = await runAttached('tmux', attachArguments(tmux, pane), { cwd: tmux.cwd, env: tmux.env });
  return outcome.kind === 'ended' ? outcome.exitCode : 1;
}
