import type { AgentSnapshot } from './candidates.ts';
import { escapeText, shellWord } from './text.ts';

/** What decides which commands an agent needs next. */
export interface BriefSituation {
  readonly target: string;
  readonly mayIntegrate: boolean;
  readonly status: Pick<AgentSnapshot, 'agent' | 'branch' | 'ahead' | 'underWay' | 'onUndone'> & {
    /** Null where the branch is gone. */
    readonly tip: object | null;
    readonly place: AgentSnapshot['worktree'];
    readonly behind: number;
    readonly shelves: number;
    readonly ready: 'ready' | 'moved-on' | 'no';
    readonly uncommitted: { readonly changed: number; readonly untracked: number } | null;
  };
  readonly handoffs: readonly { readonly id: string; readonly at: number | null }[];
  readonly conflicts: readonly { readonly id: string }[];
  readonly others: readonly unknown[];
}

export interface NextCommand {
  readonly command: string;
  readonly why: string;
}

/** The commands that fit an agent's situation, what it should do first before the rest; texts escaped. */
export function briefCommands({ target, mayIntegrate, status, handoffs, conflicts, others }: BriefSituation): NextCommand[] {
  const { agent, branch, ahead, behind, underWay, place, onUndone } = status;
  const main = escapeText(target);
  const dirty = status.uncommitted === null || status.uncommitted.changed + status.uncommitted.untracked > 0;
  const commands: NextCommand[] = [];
  const add = (command: string, why: string): void => void commands.push({ command, why });
  if (status.tip === null) add(`aiteam worktree set-branch ${agent} BRANCH`, 'your branch is gone: says which one lands');
  // A rebase detaches HEAD until it ends.
  else if (place !== 'on-branch' && place !== 'missing' && underWay === null) add(`git switch ${shellWord(branch)}`, 'your own branch: only it lands');
  if (place === 'missing') add('aiteam worktree list', 'where your worktree was');
  const [handoff] = handoffs.filter(({ at }) => at !== null);
  if (handoff !== undefined) add(`aiteam handoff accept ${shellWord(handoff.id)}`, 'its files are yours from then on; or: decline ID --why TEXT');
  const [conflict] = conflicts;
  if (conflict !== undefined) add(`aiteam conflicts show ${shellWord(conflict.id)}`, 'both sides, and how to resolve it');
  if (onUndone.length > 0) add('aiteam sync --rebase', 'drops what was undone from below your work');
  else if (behind > 0 && conflict === undefined) add('aiteam sync', `brings ${main} into your branch${dirty ? '; commit first, it leaves changed worktrees alone' : ''}`);
  if (others.length > 0) add(`aiteam overlaps ${agent}`, 'the exact lines on which you would collide, uncommitted work included');
  add('aiteam who PATH', 'whose a file is, before you change it');
  add('aiteam lock PATH --why TEXT', "keeps others' commits off it for two hours");
  add('aiteam handoff AGENT --task TEXT --files PATH', 'gives work and files to another agent');
  if (ahead > 0 && status.ready !== 'ready') add('aiteam ready', 'says that your commits may land');
  if (mayIntegrate) add(`aiteam integrate ${agent}`, `lands your branch on ${main}`);
  if (status.shelves > 0) add('aiteam unshelve', 'brings back what you have put aside');
  else if (dirty) add('aiteam shelve', 'puts your uncommitted work aside; not git stash, which all worktrees share');
  add('git commit', 'early; not git stash, which all worktrees share');
  return commands;
}
