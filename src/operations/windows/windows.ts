import { loadUserConfig } from '../../config/user.ts';
import { refusal } from '../../core/errors.ts';
import type { AgentId } from '../../core/ids.ts';
import { escapeText } from '../../core/text.ts';
import { allProviders, tokenVariables } from '../../core/providers.ts';
import { windowEnvironment } from '../../launch/environment.ts';
import { findProgram } from '../../launch/find-program.ts';
import type { Repository } from '../../git/repository.ts';
import { lastLines, listPanes, type Pane, type Tmux } from '../../launch/tmux.ts';
import type { Env } from '../../process/run.ts';
import { shortHash } from '../short-hash.ts';
import type { Workspace } from '../workspace.ts';

/** Our tmux for this repository. Errors: `tmux-missing`, which says how to go on without it; those of the user's configuration. */
export async function requireTmux({ context: { env, cwd }, repo, config }: Pick<Workspace, 'context' | 'repo' | 'config'>, agent: AgentId | null): Promise<Tmux> {
  if (findProgram('tmux', cwd, env) === null) {
    throw refusal('tmux-missing', 'tmux is not installed, and the windows are its', 'apt-get install tmux, or brew install tmux', `without it, in a terminal of its own each: aiteam exec ${agent ?? 'AGENT'}`);
  }
  const user = await loadUserConfig(env);
  return tmuxOf(repo, windowEnvironment(env, allProviders({ project: config.providers, user: user.providers }).flatMap(tokenVariables)));
}

function tmuxOf(repo: Repository, env: Env): Tmux {
  return { socket: `aiteam-${shortHash(repo.commonDir)}`, cwd: repo.mainWorktree ?? repo.commonDir, env };
}

/** Returns where nothing runs in a window of this agent, or of anybody: what it works in is to go. Errors: `window-open`. */
export async function requireNoWindow({ context: { env, cwd }, repo }: Pick<Workspace, 'context' | 'repo'>, agent: AgentId | null): Promise<void> {
  if (findProgram('tmux', cwd, env) === null) return;
  const running = (await listPanes(tmuxOf(repo, env))).filter((pane) => pane.exitCode === null && (agent === null || pane.agent === agent)).map((pane) => escapeText(pane.agent));
  if (running.length === 0) return;
  throw refusal('window-open', `${running.join(' and ')} ${running.length === 1 ? 'is' : 'are'} at work in a window`, `aiteam down${agent === null ? '' : ` ${agent}`}, which leaves the work where it is`);
}

/** The agent's pane, at work. Errors: `not-up`. */
export async function requireRunning(tmux: Tmux, agent: AgentId): Promise<Pane> {
  const pane = await requirePane(tmux, agent);
  if (pane.exitCode === null) return pane;
  throw refusal('not-up', `${agent} has ended with exit code ${pane.exitCode}`, `what it said last: aiteam logs ${agent}`, `start it again: aiteam up ${agent}`);
}

/** The agent's pane, at work or ended. Errors: `not-up`. */
export async function requirePane(tmux: Tmux, agent: AgentId): Promise<Pane> {
  const pane = (await listPanes(tmux)).find((open) => open.agent === agent);
  if (pane === undefined) throw refusal('not-up', `${agent} has no window`, `open it: aiteam up ${agent}`);
  return pane;
}

/** How an agent's client ended, with what it said last. */
export interface Ended {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

/** How the pane's client ended; null while it runs. */
export async function endOf(tmux: Tmux, pane: Pane): Promise<Ended | null> {
  return pane.exitCode === null ? null : { exitCode: pane.exitCode, lines: await lastLines(tmux, pane, 10) };
}
