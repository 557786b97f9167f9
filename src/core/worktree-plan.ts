import { refusal } from './errors.ts';
import type { AgentId, CommitId } from './ids.ts';
import { escapeText } from './text.ts';

/** A linked worktree as git has it registered; paths are absolute with links resolved. */
export interface RegisteredWorktree {
  readonly path: string;
  /** Short branch name; null when detached. */
  readonly branch: string | null;
  /** Its folder is gone or was moved. */
  readonly missing: boolean;
  readonly locked: boolean;
}

/** What must be known before a worktree is added. */
export interface AddFacts {
  readonly agent: AgentId;
  /** Where the worktree is to be; `pathGiven` where the user named it. */
  readonly path: string;
  readonly pathGiven: boolean;
  readonly pathHolds: 'nothing' | 'an empty folder' | 'something';
  readonly branch: string;
  readonly branchGiven: boolean;
  /** Where a new branch begins; `startGiven` where the user named it. */
  readonly start: CommitId;
  readonly startGiven: boolean;
  readonly target: string;
  /** Every local branch with its tip. */
  readonly branches: ReadonlyMap<string, CommitId>;
  /** Every worktree of the repository, the main one included. */
  readonly worktrees: readonly RegisteredWorktree[];
  /** What the journal has of this agent, where it has not been removed. */
  readonly known: { readonly branch: string; readonly worktree: string } | null;
  /** Recorded branches of the other agents. */
  readonly taken: ReadonlyMap<string, AgentId>;
  /** Where a worktree whose folder is missing was found again, or null. */
  readonly movedTo: string | null;
}

export type AddPlan =
  /** The agent has it already. */
  | { readonly kind: 'existing'; readonly path: string; readonly branch: string }
  /** Git made it, on this path and branch, and no agent has it. */
  | { readonly kind: 'take-over'; readonly path: string; readonly branch: string }
  | {
      readonly kind: 'make';
      readonly path: string;
      readonly branch: string;
      /** The commit that the branch is made at; null where the branch exists. */
      readonly newBranch: CommitId | null;
      /** Forget first what git has registered for this path: its folder is gone. */
      readonly forgetFirst: boolean;
    };

/**
 * What adding a worktree takes.
 * Errors: `agent-exists`, `worktree-moved`, `worktree-locked`, `branch-is-target`, `branch-taken`, `branch-checked-out`, `branch-exists`,
 * `branch-in-the-way`, `path-in-use`.
 */
export function planAdd(facts: AddFacts): AddPlan {
  const { agent, branch, path, known } = facts;
  const own = known === null ? undefined : facts.worktrees.find((worktree) => worktree.path === known.worktree);
  if (known !== null && own !== undefined && !own.missing) {
    requireSameWishes(facts, known);
    return { kind: 'existing', path: own.path, branch: known.branch };
  }
  const here = facts.worktrees.find((worktree) => worktree.path === path);
  for (const worktree of [own, here]) if (worktree?.missing === true) requireReallyGone(facts, worktree);
  requireFreeBranch(facts);
  if (here !== undefined && !here.missing) return takeOver(facts, here);
  const holder = facts.worktrees.find((worktree) => worktree.branch === branch && worktree !== here);
  if (holder !== undefined) throw checkedOut(branch, holder);
  if (facts.pathHolds === 'something') {
    throw refusal('path-in-use', `${agent} cannot have its worktree at ${escapeText(path)}: something is there already`, `choose another folder: aiteam worktree add ${agent} --path DIR`);
  }
  const tip = facts.branches.get(branch);
  if (tip !== undefined && facts.startGiven && tip !== facts.start) {
    throw refusal(
      'branch-exists', `the branch ${branch} exists already, at ${tip.slice(0, 12)}: --from is for new branches`,
      `to take it as it is: aiteam worktree add ${agent}, without --from`, `to begin another one: aiteam worktree add ${agent} --branch NAME`,
    );
  }
  if (tip === undefined) requireNameFree(facts);
  return { kind: 'make', path, branch, newBranch: tip === undefined ? facts.start : null, forgetFirst: here !== undefined };
}

function requireSameWishes(facts: AddFacts, known: { branch: string; worktree: string }): void {
  const { agent } = facts;
  if (facts.branchGiven && facts.branch !== known.branch) {
    throw refusal(
      'agent-exists', `${agent} has a worktree already, and ${known.branch} is its branch`,
      `to record another branch: aiteam worktree set-branch ${agent} ${facts.branch}`, `to begin anew: aiteam worktree remove ${agent}`,
    );
  }
  if (facts.pathGiven && facts.path !== known.worktree) {
    throw refusal(
      'agent-exists', `${agent} has a worktree already, at ${escapeText(known.worktree)}`,
      'to move it: git worktree move, then aiteam worktree repair', `to begin anew: aiteam worktree remove ${agent}`,
    );
  }
}

function requireReallyGone(facts: AddFacts, worktree: RegisteredWorktree): void {
  const place = escapeText(worktree.path);
  if (facts.movedTo !== null) {
    throw refusal('worktree-moved', `the worktree at ${place} was moved to ${escapeText(facts.movedTo)}`, 'aiteam worktree repair');
  }
  if (worktree.locked) {
    throw refusal('worktree-locked', `the worktree at ${place} is gone, and locked against being forgotten`, 'bring its folder back (a drive that is not mounted?)', `git worktree unlock ${place}`);
  }
  if (worktree.path !== facts.path) {
    throw refusal('worktree-missing', `${facts.agent}'s worktree at ${place} is gone`, 'deleted by hand: aiteam worktree prune', 'moved by hand: aiteam worktree repair NEW-PATH');
  }
}

function requireFreeBranch({ agent, branch, target, taken }: AddFacts): void {
  if (branch === target) {
    throw refusal('branch-is-target', `${agent} cannot work on ${branch} itself: agents' branches land on it`, `aiteam worktree add ${agent} --branch NAME`);
  }
  const owner = taken.get(branch);
  if (owner !== undefined && owner !== agent) {
    throw refusal('branch-taken', `the branch ${branch} is ${owner}'s`, `aiteam worktree add ${agent} --branch NAME`);
  }
}

function takeOver(facts: AddFacts, here: RegisteredWorktree): AddPlan {
  if (here.branch === facts.branch) return { kind: 'take-over', path: here.path, branch: facts.branch };
  const on = here.branch === null ? 'on no branch (detached)' : `on ${here.branch}`;
  throw refusal(
    'path-in-use', `there is a worktree at ${escapeText(here.path)} already, ${on}`,
    `to give it to ${facts.agent}: aiteam worktree adopt ${escapeText(here.path)} --agent ${facts.agent}`, `to use another folder: aiteam worktree add ${facts.agent} --path DIR`,
  );
}

function checkedOut(branch: string, holder: RegisteredWorktree): Error {
  const hint = holder.missing
    ? 'its folder is gone: aiteam worktree repair NEW-PATH where it was moved, git worktree prune where it was deleted'
    : 'switch that worktree to another branch, or name another one with --branch';
  return refusal('branch-checked-out', `the branch ${branch} is checked out at ${escapeText(holder.path)}`, hint);
}

/** Refs are paths: `feature` and `feature/glm` cannot both be. */
function requireNameFree({ agent, branch, branches }: AddFacts): void {
  const blocker = [...branches.keys()].find((name) => branch.startsWith(`${name}/`) || name.startsWith(`${branch}/`));
  if (blocker === undefined) return;
  throw refusal(
    'branch-in-the-way', `git cannot make the branch ${branch} as long as there is a branch ${blocker}`,
    `aiteam worktree add ${agent} --branch ${blocker.replaceAll('/', '-')}-${agent}`, 'for all agents: another worktrees.branch in .aiteam.yaml, such as agents/{agent}',
    `or rename the other one: git branch -m ${blocker} NEW-NAME`,
  );
}
