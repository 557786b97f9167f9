import { escapeText, plural, truncate } from '../../core/text.ts';
import type { Adopted } from '../../operations/worktree/adopt.ts';
import type { ListedAgent, WorktreeList } from '../../operations/worktree/list.ts';
import type { Pruned } from '../../operations/worktree/prune.ts';
import type { Repaired } from '../../operations/worktree/repair.ts';
import type { Style } from './style.ts';

export function renderWorktreeList({ agents, others }: WorktreeList, style: Style): string {
  const width = Math.max(0, ...agents.map(({ agent }) => agent.length));
  const branchWidth = Math.max(0, ...agents.map(({ branch }) => escapeText(branch).length));
  const lines = agents.map((row) => [
    style.bold(row.agent.padEnd(width)), escapeText(row.branch).padEnd(branchWidth), escapeText(row.path), stateText(row, style),
    row.task === null ? '' : style.dim(truncate(escapeText(row.task), 60)),
  ].filter((cell) => cell !== '').join('  '));
  if (agents.length === 0) lines.push('no agent has a worktree yet', `${style.cyan('next')}: aiteam worktree add claude`);
  if (others.length > 0) lines.push('', 'worktrees that are no agent\'s (aiteam worktree adopt PATH makes one so):');
  lines.push(...others.map(({ path, branch }) => `  ${escapeText(path)}  ${branch === null ? 'detached' : escapeText(branch)}`));
  return `${lines.join('\n')}\n`;
}

function stateText({ state, onBranch, locked }: ListedAgent, style: Style): string {
  const words = {
    'on-branch': '', detached: style.yellow('detached'), elsewhere: style.yellow(`on ${escapeText(onBranch ?? '')}`),
    missing: style.red('its folder is gone: aiteam worktree repair, or prune'),
  }[state];
  return [words, locked ? style.dim('locked') : ''].filter((word) => word !== '').join(', ');
}

export function renderPruned(pruned: readonly Pruned[], dryRun: boolean, style: Style): string {
  if (pruned.length === 0) return 'every agent\'s worktree is there: nothing to forget\n';
  return pruned.map((row) => {
    const who = `${style.bold(row.agent)} (${escapeText(row.path)})`;
    switch (row.kind) {
      case 'forgotten': {
        const trash = row.trash === null ? '' : `; commits that only it reached are in the trash: ${row.trash}`;
        return `${style.green(dryRun ? 'would forget' : 'forgot')} ${who}: its branch ${escapeText(row.branch)} stays${trash}\n`;
      }
      case 'locked': return `${style.yellow('kept')} ${who}: it is locked (git worktree unlock ${escapeText(row.path)})\n`;
      case 'moved': return `${style.yellow('kept')} ${who}: it was moved to ${escapeText(row.to)} (aiteam worktree repair)\n`;
    }
  }).join('');
}

export function renderRepaired({ moved, missing, whole }: Repaired, style: Style): string {
  const lines = [
    ...moved.map(({ agent, from, to }) => `${style.green('moved')} ${style.bold(agent)}: from ${escapeText(from)} to ${escapeText(to)}`),
    ...missing.map(({ agent, path }) => `${style.red('missing')} ${style.bold(agent)}: nothing at ${escapeText(path)}, nor beside it`),
    ...(missing.length > 0 ? [`${style.cyan('next')}: aiteam worktree repair NEW-PATH where it was moved, aiteam worktree prune where it was deleted`] : []),
    `${plural(whole.length, 'worktree')} in order`,
  ];
  return `${lines.join('\n')}\n`;
}

export function renderSetBranch(change: { agent: string; branch: string; before: string }, style: Style): string {
  const was = change.before === change.branch ? 'as before' : `it was ${escapeText(change.before)}`;
  return `${style.bold(change.agent)}'s branch is ${escapeText(change.branch)} (${was})\n`;
}

export function renderAdopted({ agent, path, branch }: Adopted, style: Style): string {
  return `${style.green('adopted')}  ${style.bold(agent)}  ${escapeText(branch)}  ${escapeText(path)}\n`;
}
