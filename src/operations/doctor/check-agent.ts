import { escapeText } from '../../core/text.ts';
import type { AgentId } from '../../core/ids.ts';
import { agentEnvironment } from '../../launch/environment.ts';
import { run } from '../../process/run.ts';
import { requireAgent, worktreeOf } from '../agents.ts';
import type { Workspace } from '../workspace.ts';
import { committedPaths, writablePaths } from '../writable-paths.ts';
import { probeHooks } from './check-hooks.ts';
import { good, problem, type Finding } from './finding.ts';

/** Whether the agent can commit: its hooks fire in its environment, and what a commit writes to can be written. */
export async function checkAgent(workspace: Workspace, agent: AgentId): Promise<Finding[]> {
  const record = requireAgent(workspace.ledger, agent);
  const worktree = worktreeOf(workspace, record);
  if (worktree === undefined || worktree.gitDir === null || worktree.prunable || worktree.disconnected) return [problem('agent', `${agent} has no worktree that git knows`, 'moved: aiteam worktree repair NEW-PATH', `gone: aiteam worktree add ${agent}`)];
  const env = agentEnvironment(workspace.context.env, record);
  const findings: Finding[] = [];
  const committed = committedPaths(workspace, worktree.path);
  for (const path of writablePaths(workspace, worktree.path, workspace.context.env)) {
    const writable = (await run('/bin/sh', ['-c', 'test -w "$1"', 'sh', path], { cwd: worktree.path, env, accept: [0, 1] })).exitCode === 0;
    findings.push(writable ? good('agent', `${agent} may write ${escapeText(path)}`) : problem('agent', `${agent} cannot write ${escapeText(path)}`, `let its sandbox write there: ${committed.includes(path) ? 'every commit' : 'aiteam run'} does`));
  }
  const fired = await probeHooks(worktree.path, env, agent);
  findings.push(fired ? good('agent', `hooks fire in ${agent}'s environment`) : problem('agent', `hooks do not fire in ${agent}'s environment`, `git -C ${worktree.path} config --show-origin --get-all core.hooksPath`));
  return findings;
}
