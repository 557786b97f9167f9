import { authorName } from '../../core/authorship.ts';
import { briefCommands } from '../../core/brief-commands.ts';
import { showPath } from '../../core/text.ts';
import type { Brief } from '../../operations/brief/brief.ts';
import { isOwnWork } from '../../operations/brief/landed-since.ts';
import { lockJson } from './lock.ts';
import { reachJson } from './spending.ts';

export function briefJson(brief: Brief): Record<string, unknown> {
  const { status, landed: since, others: all } = brief;
  return {
    target: brief.target,
    agent: {
      agent: status.agent, model: brief.model, role: brief.role, branch: status.branch, worktree: status.worktree, tip: status.tip?.id ?? null,
      place: typeof status.place === 'object' ? 'elsewhere' : status.place, onBranch: typeof status.place === 'object' ? status.place.onBranch : null, underWay: status.underWay,
      ahead: status.ahead, behind: status.behind, uncommitted: status.uncommitted, ready: status.ready === 'ready', undoneAs: status.undoneAs, onUndone: status.onUndone,
    },
    task: status.task, files: brief.files,
    handoffs: brief.handoffs.map(({ at, ...handoff }) => ({ ...handoff, at: at === null ? null : new Date(at).toISOString() })),
    landed: {
      commits: since.commits,
      work: since.work.map((work) => ({
        landing: work.landing, by: authorName(work.author), own: isOwnWork(work, status.agent), at: new Date(work.at).toISOString(),
        commits: work.commits, paths: work.paths.map(showPath), shared: work.shared.map(showPath),
      })),
    },
    others: all.map(({ agent, branch, task, ahead, paths, shared }) => ({ agent, branch, task, ahead, paths: paths.map(showPath), shared: shared.map(showPath) })),
    locks: { own: brief.locks.own.map(lockJson), others: brief.locks.others.map(lockJson) },
    conflicts: brief.conflicts.map((conflict) => ({ id: conflict.id, path: showPath(conflict.path), level: conflict.level, type: conflict.type, lines: conflict.lines, other: conflict.other })),
    budgets: brief.budgets.map(reachJson),
    gates: brief.gates, commands: briefCommands(brief),
  };
}
