import { openRepository } from '../../src/git/repository.ts';
import type { AgentId } from '../../src/core/ids.ts';
import { DEFAULT_CONFIG, type Config } from '../../src/core/config.ts';
import { trailerFor } from '../../src/core/trailer.ts';
import { installDispatcher } from '../../src/operations/install-hooks.ts';
import { openJournal } from '../../src/state/journal.ts';
import { layoutOf, type Layout } from '../../src/state/layout.ts';
import { writeMarker } from '../../src/state/marker.ts';
import { BINARY, scratch, type Scratch } from './scratch.ts';

/** A scratch whose linked worktrees have our hooks: one worktree an agent, made with plain git. */
export interface Hooked extends Scratch {
  readonly layout: Layout;
}

/** A hooked scratch, quicker made than by the commands; `refresh` says whether commits start the background refresh, `compares` whether they can compare lines. */
export async function hooked(agents: readonly string[], options: { config?: Partial<Config>; refresh?: boolean; compares?: boolean; made?: Scratch } = {}): Promise<Hooked> {
  const made = options.made ?? scratch();
  const config = { ...DEFAULT_CONFIG, ...options.config };
  const repo = await openRepository(made.repo, made.env);
  const layout = layoutOf(repo.commonDir, repo.mainWorktree);
  await installDispatcher(repo, layout, config);
  if (options.refresh !== true) made.write({ 'aiteam/runtime': options.compares === true ? `${process.execPath}\n${BINARY}\n` : '/bin/false\n/bin/false\n' }, repo.commonDir);
  // As if one were on its way.
  if (options.compares === true) made.write({ 'aiteam/refresh.pid': `${process.pid}\n` }, repo.commonDir);
  const journal = openJournal(layout);
  for (const name of agents) {
    const agent = name as AgentId;
    made.git(['worktree', 'add', '-q', '-b', `feature/${name}`, made.worktree(name), 'main']);
    const gitDir = made.git(['rev-parse', '--absolute-git-dir'], { cwd: made.worktree(name) });
    writeMarker(gitDir, { agent, model: `${name}-1`, trailer: trailerFor(config.trailer, agent, `${name}-1`) });
    made.write({ [`aiteam/touched/${name}`]: '' }, repo.commonDir);
    journal.append({ kind: 'agent-added', agent, branch: `feature/${name}`, worktree: made.worktree(name), role: null });
  }
  return { ...made, layout };
}
