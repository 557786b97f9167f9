import { presentAgents } from '../../core/ledger.ts';
import { withoutRepository } from '../../git/git.ts';
import { run, type Env } from '../../process/run.ts';
import { worktreeOf } from '../agents.ts';
import { inspectDispatcher, installDispatcher } from '../install-hooks.ts';
import type { Unconfigured } from '../workspace.ts';
import { good, mendable, problem, warning, type Finding } from './finding.ts';

/** The dispatcher as it lies there, and whether git really runs it in every agent's worktree. */
export async function checkHooks(opened: Unconfigured): Promise<Finding[]> {
  const { repo, layout, context } = opened;
  const findings = (await inspectDispatcher(repo, layout)).map((found) => {
    const finding = (found.kind === 'own-hooks-absent' ? warning : problem)('hooks', found.message, ...found.hints);
    return found.mendable ? mendable(finding, () => installDispatcher(repo, layout)) : finding;
  });
  for (const agent of presentAgents(opened.ledger)) {
    const worktree = worktreeOf(opened, agent);
    if (worktree === undefined || worktree.prunable || worktree.disconnected) continue;
    const fired = await probeHooks(worktree.path, withoutRepository(context.env), agent.agent);
    if (!fired) findings.push(problem('hooks', `git does not run our hooks in ${worktree.path}: commits there go unrecorded until the next command`, `git -C ${worktree.path} config --show-origin --get-all core.hooksPath`));
  }
  return findings.length === 0 ? [good('hooks', 'git runs our hooks in every agent\'s worktree')] : findings;
}

/** Has git itself run the probe, by the way that it takes to a hook at a commit (git-hook(1)). */
export async function probeHooks(worktree: string, env: Env, agent: string): Promise<boolean> {
  const result = await run('git', ['hook', 'run', 'aiteam-probe'], { cwd: worktree, env, accept: [0, 1, 2, 126, 127, 128, 129] });
  return result.exitCode === 0 && result.stderr.toString('utf8').includes(`aiteam-probe: ${agent}\n`);
}
