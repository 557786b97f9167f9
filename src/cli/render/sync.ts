import type { StayReason } from '../../core/sync.ts';
import { escapeText, plural, showPath, truncate } from '../../core/text.ts';
import type { LeftAlone, SyncedBranch, SyncResult } from '../../operations/sync/sync.ts';
import type { Style } from './style.ts';

/** 3 where a worktree was left as it is. */
export function syncExitCode(result: SyncResult): number {
  return result.leftAlone.length > 0 ? 3 : 0;
}

export function renderSync(result: SyncResult, style: Style): string {
  const { synced, leftAlone, upToDate } = result;
  const lines = [...synced.flatMap((branch) => syncedText(branch, result, style)), ...leftAlone.flatMap((left) => leftText(left, result, style))];
  if (upToDate.length > 0) lines.push(style.dim(`${escapeText(result.target)} is in ${upToDate.join(', ')} already`));
  if (lines.length === 0) lines.push('there are no agents here', `${style.cyan('next')}: aiteam worktree add AGENT`);
  return `${lines.join('\n')}\n`;
}

function syncedText(branch: SyncedBranch, { target, dryRun }: SyncResult, style: Style): string[] {
  const moves = dryRun ? `from ${branch.old.slice(0, 8)}` : `${branch.old.slice(0, 8)} to ${branch.new.slice(0, 8)}`;
  return [
    `${style.green(dryRun ? 'would sync' : 'synced')}  ${style.bold(branch.agent)} (${escapeText(branch.branch)}): ${wayText(branch, escapeText(target))}, ${moves}`,
    ...branch.dropped.map(({ id, subject }) => style.dim(`    left out, on ${escapeText(target)} already: ${id.slice(0, 8)} ${short(subject)}`)),
    ...(branch.keptAt === null ? [] : [style.dim(`    to have the old one back: ${backCommand(branch)}`)]),
  ];
}

function backCommand({ worktree, keptAt }: SyncedBranch): string | null {
  return keptAt === null ? null : `git -C ${escapeText(worktree)} reset --keep ${keptAt}`;
}

function wayText({ way, made }: SyncedBranch, target: string): string {
  switch (way) {
    case 'merge': return `merged with ${target}`;
    case 'rebase': return `${plural(made, 'commit')} replayed on ${target}`;
    case 'fast-forward': return `moved to ${target}, having nothing of its own`;
  }
}

function leftText(left: LeftAlone, result: SyncResult, style: Style): string[] {
  const { agent, branch, reason } = left;
  const paths = reason.kind === 'conflict' || reason.kind === 'in-the-way' ? reason.paths : [];
  return [
    `${style.yellow('left alone')}  ${style.bold(agent)} (${escapeText(branch)}): ${reasonText(reason, escapeText(result.target))}`,
    ...paths.map((path) => `    ${showPath(path)}`),
    ...nextSteps(left, result).map((step) => `    ${style.cyan('next')}: ${step}`),
  ];
}

function reasonText(reason: StayReason, target: string): string {
  switch (reason.kind) {
    case 'branch-missing': return 'the branch is gone';
    case 'missing': return 'its worktree is gone';
    case 'detached': return 'its worktree is on no branch (detached)';
    case 'elsewhere': return `its worktree is on ${escapeText(reason.branch)}`;
    case 'checked-out-twice': return `the branch is checked out at ${escapeText(reason.worktree)} too`;
    case 'under-way': return `its worktree is in the middle of ${reason.operation}`;
    case 'locked': return 'a git process is at work in its worktree';
    case 'uncommitted': return `its worktree has ${plural(reason.files, 'uncommitted file')}`;
    case 'in-the-way': return `files that git does not keep are in the way of ${plural(reason.paths.length, 'path')}`;
    case 'conflict': return reason.commit === null ? `merging ${target} would stop on ${plural(reason.paths.length, 'path')}` : `replaying ${reason.commit.id.slice(0, 8)} (${short(reason.commit.subject)}) would stop on ${plural(reason.paths.length, 'path')}`;
    case 'unrelated': return `it has no commit in common with ${target}`;
    case 'needs-driver': return `git merges ${plural(reason.paths.length, 'path')} with a merge driver that may not run, or could not`;
    case 'changing': return 'it kept changing meanwhile';
  }
}

/** What to type, where something can be done about it. */
function nextSteps({ agent, branch, worktree, reason, conflict, settled, mergesCleanly }: LeftAlone, { target, rebase, dryRun }: SyncResult): string[] {
  const there = `git -C ${escapeText(worktree)}`;
  const again = `aiteam sync ${agent}${rebase ? ' --rebase' : ''}`;
  switch (reason.kind) {
    case 'branch-missing': return [`aiteam worktree set-branch ${agent} BRANCH`];
    case 'missing': return [`aiteam worktree add ${agent}`];
    case 'detached':
    case 'elsewhere': return [`${there} switch ${escapeText(branch)}, then: ${again}`];
    case 'checked-out-twice': return [`git worktree list`];
    case 'under-way': return [`${there} status`];
    case 'locked': return [`${again}; if no git process is at work there: rm ${escapeText(reason.lock)}`];
    case 'uncommitted': return [`${there} commit -a, then: ${again}`];
    case 'in-the-way': return [`move them away in ${escapeText(worktree)}, then: ${again}`];
    case 'conflict': return [
      // Where nothing may change, what the sync itself would record cannot be named.
      ...(settled ? [`aiteam integrate ${agent}   (it is settled)`] : conflict !== null ? [`aiteam conflicts resolve ${conflict}`] : mergesCleanly ? [`aiteam sync ${agent}   (merging does not stop)`] : dryRun ? [`${again}, which records the conflict for aiteam conflicts`] : []),
      ...(rebase ? [`${there} rebase ${escapeText(target)}`] : []),
    ];
    case 'unrelated': return [];
    case 'needs-driver': return [`aiteam trust, with the driver below merge_drivers: in .aiteam.yaml; then: ${again}`];
    case 'changing': return [again];
  }
}

/** The result as the documentation describes it for scripts. */
export function syncJson(result: SyncResult): Record<string, unknown> {
  return {
    target: result.target, rebase: result.rebase, dryRun: result.dryRun,
    synced: result.synced.map((branch) => ({ ...branch, new: result.dryRun ? null : branch.new, back: backCommand(branch) })),
    leftAlone: result.leftAlone.map((left) => {
      const { kind, ...facts } = left.reason;
      return {
        agent: left.agent, branch: left.branch, worktree: left.worktree, reason: kind, detail: reasonText(left.reason, escapeText(result.target)),
        ...('paths' in facts ? { paths: facts.paths.map(showPath) } : {}), conflict: left.conflict, next: nextSteps(left, result),
      };
    }),
    upToDate: result.upToDate,
  };
}

function short(subject: string): string {
  return truncate(escapeText(subject), 60);
}
