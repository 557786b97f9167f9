import { existsSync } from 'node:fs';
import type { AgentSnapshot } from '../../core/candidates.ts';
import { AiteamError, refusal, usageError } from '../../core/errors.ts';
import type { AgentId, CommitId, RefName } from '../../core/ids.ts';
import { presentAgents, type AgentRecord } from '../../core/ledger.ts';
import { reasonToStay, type StayReason, type SyncWay } from '../../core/sync.ts';
import { requireSignature } from '../../git/signature.ts';
import type { Checkout } from '../../git/worktrees.ts';
import { isAncestor } from '../../git/commits.ts';
import { treeChanges } from '../../git/diff.ts';
import { indexLock } from '../../git/index-lock.ts';
import { pathsInTheWay } from '../../git/paths-in-the-way.ts';
import { changedPaths } from '../../git/worktree-state.ts';
import { interruptible, type Hold } from '../../process/interruption.ts';
import { readMarker } from '../../state/marker.ts';
import { requireAgent, worktreeOf } from '../agents.ts';
import { withConflictsJudged } from '../conflicts/judge.ts';
import { doing, type Context } from '../context.ts';
import type { RunSnapshot } from '../integrate/snapshot.ts';
import { requireLeave } from '../leave.ts';
import { refreshViews } from '../refresh-views.ts';
import { settle } from '../settle.ts';
import { openWorkspace } from '../open-workspace.ts';
import { refreshed, reread, type Workspace } from '../workspace.ts';
import { aloneWithWorktrees } from '../worktree/alone.ts';
import { moveBranch, type Move } from './move.ts';
import { predictSync, requireSnapshot, type DroppedCommit, type Prediction } from './predict.ts';
import { recordedConflict, type ToSettle } from './recorded-conflict.ts';

export interface SyncInput {
  /** Empty for the agent whose worktree the command was called in, elsewhere for all. */
  readonly agents: readonly AgentId[];
  readonly all: boolean;
  /** Replay the branch's own commits instead of merging. */
  readonly rebase: boolean;
  readonly dryRun: boolean;
}

export interface SyncedBranch {
  readonly agent: AgentId;
  readonly branch: string;
  readonly worktree: string;
  readonly way: SyncWay;
  readonly old: CommitId;
  /** With `dryRun` no ref points at it. */
  readonly new: CommitId;
  /** Commits made for it, or by a rebase left as they were. */
  readonly made: number;
  /** Commits that a rebase left out: the target has their change. */
  readonly dropped: readonly DroppedCommit[];
  /** What keeps the old tip where the new one does not build on it. */
  readonly keptAt: RefName | null;
}

export interface LeftAlone extends ToSettle {
  readonly agent: AgentId;
  readonly branch: string;
  readonly worktree: string;
  readonly reason: StayReason;
}

export interface SyncResult {
  readonly target: string;
  readonly rebase: boolean;
  readonly dryRun: boolean;
  readonly synced: readonly SyncedBranch[];
  readonly leftAlone: readonly LeftAlone[];
  readonly upToDate: readonly AgentId[];
}

type Outcome = { readonly synced: SyncedBranch } | { readonly leftAlone: LeftAlone } | { readonly upToDate: AgentId };

const TRIES = 3;

/**
 * Brings the target into agents' branches and worktrees, those that are clean and where git would not stop; the others
 * stay as they are. Errors: `agent-unknown`, `agents-may-not`, `shallow`, `no-identity`.
 */
export async function sync(context: Context, input: SyncInput): Promise<SyncResult> {
  const workspace = await settle(await openWorkspace(context));
  const agents = chosen(workspace, input);
  if (workspace.repo.shallow) throw refusal('shallow', 'this clone is shallow: git cannot tell what has been merged already', 'git fetch --unshallow');
  await requireSignature(workspace.git);
  const work = async (fresh: Workspace): Promise<Outcome[]> => {
    const snapshot = await requireSnapshot(fresh);
    const outcomes: Outcome[] = [];
    for (const agent of agents) outcomes.push(await interruptible(`the sync of ${agent.agent}'s worktree`, (interruption) => syncOne(fresh, snapshot, agent, input, interruption)));
    return outcomes;
  };
  const outcomes = await withConflicts(workspace, input.dryRun ? await work(workspace) : await aloneWithWorktrees(workspace, 'aiteam sync', work), input.dryRun);
  if (!input.dryRun) await refreshViews(refreshed(await reread(workspace)));
  return {
    target: workspace.target, rebase: input.rebase, dryRun: input.dryRun,
    synced: outcomes.flatMap((outcome) => ('synced' in outcome ? [outcome.synced] : [])),
    leftAlone: outcomes.flatMap((outcome) => ('leftAlone' in outcome ? [outcome.leftAlone] : [])),
    upToDate: outcomes.flatMap((outcome) => ('upToDate' in outcome ? [outcome.upToDate] : [])),
  };
}

/** Names the conflict where a branch was left alone because git would stop; one that is not recorded yet is, unless nothing is to change. */
async function withConflicts(workspace: Workspace, outcomes: readonly Outcome[], dryRun: boolean): Promise<Outcome[]> {
  const stopped = (outcome: Outcome): outcome is Outcome & { leftAlone: LeftAlone } => 'leftAlone' in outcome && outcome.leftAlone.reason.kind === 'conflict';
  if (!outcomes.some(stopped)) return [...outcomes];
  const now = await withConflictsJudged(refreshed(workspace));
  const named: Outcome[] = [];
  for (const outcome of outcomes) named.push(stopped(outcome) ? { leftAlone: { ...outcome.leftAlone, ...await recordedConflict(now, outcome.leftAlone.agent, !dryRun) } } : outcome);
  return named;
}

/** Whose branches: an agent may sync its own, the others only with leave. */
function chosen(workspace: Workspace, input: SyncInput): AgentRecord[] {
  const { ledger, repo } = workspace;
  if (input.all && input.agents.length > 0) throw usageError('sync-whom', 'either names or --all', 'aiteam sync --all');
  const here = readMarker(repo.currentGitDir)?.agent ?? null;
  const records = input.agents.length > 0 ? input.agents.map((agent) => requireAgent(ledger, agent))
    : input.all || here === null ? presentAgents(ledger) : [requireAgent(ledger, here)];
  if (input.all || records.some(({ agent }) => agent !== here)) requireLeave(workspace, 'sync', "sync other agents' worktrees");
  return records;
}

async function syncOne(workspace: Workspace, planned: RunSnapshot, agent: AgentRecord, input: SyncInput, { hold }: Hold): Promise<Outcome> {
  const stay = (reason: StayReason): Outcome => ({ leftAlone: { agent: agent.agent, branch: agent.branch, worktree: agent.worktree, reason, conflict: null, settled: false, mergesCleanly: false } });
  for (let tried = 1; ; tried += 1) {
    const now = tried === 1 ? workspace : await reread(workspace);
    const plan = await planOne(now, tried === 1 ? planned : await requireSnapshot(now), agent, input.rebase);
    if (plan.kind === 'up-to-date') return { upToDate: agent.agent };
    if (plan.kind === 'stay') return stay(plan.reason);
    const done = (keptAt: RefName | null): Outcome => ({ synced: syncedBranch(agent, plan.move, keptAt) });
    if (input.dryRun) return done(null);
    doing(now.context, `bringing ${now.target} into ${agent.agent}'s worktree`);
    try {
      const { moved, keptAt } = await hold(() => moveBranch(now, agent, plan.checkout, plan.move));
      if (moved) return done(keptAt);
    } catch (error) {
      if (!isOvertaken(error)) throw error;
    }
    if (tried === TRIES) return stay({ kind: 'changing' });
  }
}

type Plan = { readonly kind: 'up-to-date' } | (Prediction & { readonly kind: 'stay' }) | { readonly kind: 'move'; readonly checkout: Checkout; readonly move: Move };

async function planOne(workspace: Workspace, snapshot: RunSnapshot, agent: AgentRecord, rebase: boolean): Promise<Plan> {
  const { git } = workspace;
  const stay = (reason: StayReason): Plan => ({ kind: 'stay', reason });
  const found = snapshot.agents.find((candidate) => candidate.agent === agent.agent);
  if (found === undefined || found.tip === null) return stay({ kind: 'branch-missing' });
  const { tip, ahead, onUndone } = found;
  // With an undone landing in it, the branch has more to lose than to get.
  if (!(rebase && onUndone.length > 0) && await isAncestor(git, snapshot.targetTip, tip)) return { kind: 'up-to-date' };
  const checkout = await quietWorktree(workspace, agent, found);
  if ('kind' in checkout) return stay(checkout);
  const predicted = await predictSync(workspace, snapshot, agent, { tip, ahead, onUndone }, rebase);
  if (predicted.kind === 'stay') return predicted;
  const paths = await pathsInTheWay(git, checkout, await treeChanges(git, predicted.old, predicted.new));
  return paths.length > 0 ? stay({ kind: 'in-the-way', paths }) : { kind: 'move', checkout, move: predicted };
}

/** The worktree's checkout, or why it must not be moved. */
async function quietWorktree(workspace: Workspace, agent: AgentRecord, found: AgentSnapshot): Promise<Checkout | StayReason> {
  const { git, repo } = workspace;
  const worktree = worktreeOf(workspace, agent);
  const gitDir = worktree?.gitDir ?? null;
  if (worktree === undefined || gitDir === null) return { kind: 'missing' };
  const other = repo.worktrees.find(({ path, branch, prunable }) => branch === agent.branch && path !== worktree.path && !prunable);
  const lock = existsSync(indexLock(gitDir)) ? indexLock(gitDir) : null;
  const look = found.worktree === 'on-branch' && found.underWay === null;
  const changedFiles = look ? (await changedPaths(git, worktree.path, false)).length : 0;
  const reason = reasonToStay({ place: found.worktree, other: other?.path ?? null, underWay: found.underWay, lock, changedFiles });
  return reason ?? { worktree: worktree.path, gitDir };
}

function isOvertaken(error: unknown): boolean {
  return error instanceof AiteamError && ['checkout-changed', 'checkout-refused', 'index-locked', 'ref-locked'].includes(error.code);
}

function syncedBranch({ agent, branch, worktree }: AgentRecord, move: Move, keptAt: RefName | null): SyncedBranch {
  return { agent, branch, worktree, way: move.way, old: move.old, new: move.new, made: move.commits.length, dropped: move.dropped, keptAt };
}
