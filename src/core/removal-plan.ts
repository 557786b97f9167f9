import { AiteamError } from './errors.ts';
import type { AgentId, CommitId, RepoPath } from './ids.ts';
import { escapeText, plural, showPath, truncate } from './text.ts';

/** A commit that the target has not, or has as an equal one. */
export interface TipCommit {
  readonly id: CommitId;
  readonly subject: string;
  readonly merge: boolean;
  /** A commit of the target makes the same change. */
  readonly equal: boolean;
}

/** A branch, or a worktree's HEAD, with the commits of it that no landing took. */
export interface RemovalTip {
  readonly name: string;
  readonly tip: CommitId;
  readonly commits: readonly TipCommit[];
  /** All its changes together on the target: one commit there makes the same, there are none, or neither. */
  readonly whole: 'squashed' | 'nothing' | 'missing';
  /** A branch that stays after the removal holds these commits. */
  readonly stays: boolean;
}

/** What a worktree and its branch hold. */
export interface RemovalFacts {
  readonly agent: AgentId;
  readonly path: string;
  readonly locked: boolean;
  /** A merge, a rebase or the like that it is in the middle of. */
  readonly underWay: string | null;
  readonly uncommitted: readonly RepoPath[];
  readonly untracked: readonly RepoPath[];
  /** The agent's branch, and HEAD where that is somewhere else. */
  readonly tips: readonly RemovalTip[];
  readonly branch: string;
  /** The agent's branch's tip; null where there is no such branch. */
  readonly branchTip: CommitId | null;
  /** Another worktree that has the branch checked out. */
  readonly branchAlsoAt: string | null;
}

export interface RemovalWishes {
  /** `-f`: uncommitted and untracked files may go. */
  readonly force: boolean;
  /** `-D`: commits that did not land may go. */
  readonly discard: boolean;
  readonly keepBranch: boolean;
}

export interface RemovalPlan {
  /** Keep a commit of the uncommitted and untracked files. */
  readonly snapshot: boolean;
  readonly deleteBranch: boolean;
  /** Commits that did not land, by name of the tip. */
  readonly discarded: readonly { readonly name: string; readonly commits: readonly TipCommit[] }[];
}

const SHOWN = 10;

/**
 * Whether a worktree may go, and what with it.
 * Errors: `worktree-locked`; `work-would-be-lost` with everything that would be, and the options that accept it.
 */
export function planRemoval(facts: RemovalFacts, wishes: RemovalWishes): RemovalPlan {
  if (facts.locked) {
    throw new AiteamError(`${facts.agent}'s worktree at ${escapeText(facts.path)} is locked`, { code: 'worktree-locked', hints: [`git worktree unlock ${escapeText(facts.path)}`] });
  }
  const unsaved = facts.uncommitted.length + facts.untracked.length;
  const discarded = facts.tips
    .filter((tip) => !(tip.stays && wishes.keepBranch))
    .map((tip) => ({ name: tip.name, commits: unlandedOf(tip) }))
    .filter(({ commits }) => commits.length > 0);
  const losses = [
    ...(wishes.force ? [] : unsavedLosses(facts)),
    ...(wishes.discard ? [] : discarded.map(({ name, commits }) => `${plural(commits.length, 'commit')} of ${name} that did not land: ${some(commits, showCommit)}`)),
  ];
  if (losses.length > 0) throw wouldBeLost(facts, wishes, losses, discarded.length > 0);
  return { snapshot: unsaved > 0, deleteBranch: !wishes.keepBranch && facts.branchTip !== null && facts.branchAlsoAt === null, discarded };
}

/** The commits of a tip that exist nowhere else in another form: not on the target, and no equal of them either. */
export function unlandedOf(tip: Pick<RemovalTip, 'commits' | 'whole'>): TipCommit[] {
  if (tip.whole === 'squashed') return [];
  const left = tip.commits.filter((commit) => !commit.equal);
  // Merges of the target alone, after all else has landed, hold nothing of their own.
  return tip.whole === 'nothing' && left.every((commit) => commit.merge) ? [] : left;
}

function unsavedLosses({ underWay, uncommitted, untracked }: RemovalFacts): string[] {
  return [
    ...(underWay === null ? [] : [`it is in the middle of ${underWay}`]),
    ...(uncommitted.length === 0 ? [] : [`${plural(uncommitted.length, 'uncommitted file')}: ${some(uncommitted, showPath)}`]),
    ...(untracked.length === 0 ? [] : [`${plural(untracked.length, 'untracked file')}: ${some(untracked, showPath)}`]),
  ];
}

function wouldBeLost({ agent, underWay, uncommitted, untracked }: RemovalFacts, wishes: RemovalWishes, losses: readonly string[], commits: boolean): AiteamError {
  const unsaved = !wishes.force && (underWay !== null || uncommitted.length + untracked.length > 0);
  const unlanded = !wishes.discard && commits;
  const options = `${unsaved || wishes.force ? ' -f' : ''}${unlanded || wishes.discard ? ' -D' : ''}`;
  return new AiteamError(`removing ${agent}'s worktree would lose work:\n${losses.map((loss) => `  ${loss}`).join('\n')}`, {
    code: 'work-would-be-lost',
    hints: [
      ...(unlanded ? [`to land it first: aiteam integrate ${agent}`] : []),
      `to remove it all the same: aiteam worktree remove${options} ${agent} (it goes to the trash, aiteam trash restore brings it back)`,
    ],
  });
}

function showCommit(commit: TipCommit): string {
  return `${commit.id.slice(0, 8)} "${truncate(escapeText(commit.subject), 50)}"`;
}

function some<T>(items: readonly T[], show: (item: T) => string): string {
  const shown = items.slice(0, SHOWN).map(show).join(', ');
  return items.length > SHOWN ? `${shown} and ${items.length - SHOWN} more` : shown;
}
