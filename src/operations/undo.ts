import { randomBytes } from 'node:crypto';
import { refusal } from '../core/errors.ts';
import type { AgentId, CommitId, RefName, RepoPath } from '../core/ids.ts';
import { showPath } from '../core/text.ts';
import { isItself, movementsOf, undoOf, type Movement } from '../core/undo.ts';
import { planUndo, type UndoPlan } from '../core/undo-plan.ts';
import { commitTree, isAncestor, signsCommits } from '../git/commits.ts';
import { treeChanges } from '../git/diff.ts';
import { pathsInTheWay } from '../git/paths-in-the-way.ts';
import { branchesContaining, changeRefs, remotesContaining } from '../git/refs.ts';
import { revertTree } from '../git/revert.ts';
import { requireSignature } from '../git/signature.ts';
import { failpoint } from '../process/failpoint.ts';
import { interruptible } from '../process/interruption.ts';
import { requireApproval } from './approval.ts';
import { targetTip } from './target.ts';
import type { Context } from './context.ts';
import { asCoordinator } from './coordinator.ts';
import { completeLanding } from './integrate/complete-landing.ts';
import { isAccepted, newGateRun, runGates, type GateResult } from './integrate/gate.ts';
import { land } from './integrate/land.ts';
import { targetCheckouts } from './integrate/target-checkouts.ts';
import { requireLeave } from './leave.ts';
import { openMergeRoom } from './merge-room.ts';
import { refreshViews } from './refresh-views.ts';
import { settle } from './settle.ts';
import { openWorkspace } from './open-workspace.ts';
import { refreshed, type Workspace } from './workspace.ts';

export interface UndoInput {
  /** A landing or an undo by its id or the beginning of it; null for the newest. */
  readonly id: string | null;
  readonly dryRun: boolean;
}

export interface UndoResult {
  /** What is taken back. */
  readonly undoes: string;
  readonly target: string;
  readonly dryRun: boolean;
  readonly how: 'moved-back' | 'reverted';
  /** Why a commit takes it back rather than the target moving; null where it moves. */
  readonly because: 'later-work' | 'pushed' | null;
  readonly agents: readonly AgentId[];
  /** Null in a dry run, and where a gate is against it. */
  readonly moved: { readonly id: string; readonly old: CommitId; readonly new: CommitId } | null;
  /** The branches of other agents that build on it: they stay out until they are synced. */
  readonly held: readonly AgentId[];
  readonly gates: readonly GateResult[];
}

/**
 * Takes a landing back, or an undo: the newest by moving the target, where nobody else can have it, any other by a commit
 * that keeps later work. Errors: `nothing-to-undo`, `unknown-landing`, `ambiguous-landing`, `undone-already`, `not-on-target`,
 * `land-again`, `later-work-depends`, `no-identity`, `in-the-way`, `target-moved`.
 */
export async function undo(context: Context, input: UndoInput): Promise<UndoResult> {
  const workspace = await settle(await openWorkspace(context));
  requireLeave(workspace, 'undo');
  if (input.dryRun) return undoOne(workspace, input);
  const result = await asCoordinator(workspace, 'aiteam undo', () => interruptible('this undo', async ({ hold, holdFor }) => {
    await holdFor(() => completeLanding(workspace));
    return undoOne(refreshed(workspace), input, hold);
  }));
  await refreshViews(refreshed(workspace));
  return result;
}

type HoldStep = <T>(step: () => Promise<T>) => Promise<T>;

async function undoOne(here: Workspace, input: UndoInput, hold: HoldStep = (step) => step()): Promise<UndoResult> {
  const movement = findMovement(here, input.id);
  // Something may have landed on another branch than the configured one.
  const workspace = { ...here, target: movement.target };
  const { git, ledger, target } = workspace;
  const tip = await targetTip(workspace);
  const landing = ledger.landings.get(movement.id);
  const plan = planUndo({
    movement, targetTip: tip,
    found: landing?.strategy === 'found',
    onTarget: await isAncestor(git, movement.new, tip),
    undoneBy: undoOf(ledger, movement.id)?.id ?? null,
    pushedTo: await remotesContaining(git, movement.new),
    movedBack: ledger.undos.get(movement.id)?.how === 'moved-back',
  });
  if (plan.kind === 'refuse') throw refused(workspace, movement, plan.why);
  const common = {
    undoes: movement.id, target, dryRun: input.dryRun, how: plan.kind === 'move-back' ? 'moved-back' : 'reverted', because: plan.kind === 'revert' ? plan.because : null,
    agents: landing?.agents.map(({ agent }) => agent) ?? [], held: await holders(workspace, movement),
  } as const;
  const to = plan.kind === 'move-back' ? movement.old : await revertCommit(workspace, movement, tip);
  await requireFree(workspace, tip, to);
  if (input.dryRun) return { ...common, moved: null, gates: [] };
  if (plan.kind === 'revert' && workspace.config.gates.length > 0) await requireApproval(workspace, 'the gates');
  const gates = plan.kind === 'revert' ? await runGates(workspace, newGateRun(), to) : [];
  if (!gates.every(isAccepted)) return { ...common, moved: null, gates };
  return hold(async () => ({ ...common, gates, moved: await moveTarget(workspace, movement, plan, { old: tip, new: to }) }));
}

async function moveTarget(workspace: Workspace, movement: Movement, plan: UndoPlan, move: { old: CommitId; new: CommitId }): Promise<{ id: string; old: CommitId; new: CommitId }> {
  const { git, target } = workspace;
  const id = `U${randomBytes(4).toString('hex')}`;
  // What the target loses stays reachable.
  await changeRefs(git, [{ ref: `refs/aiteam/undone/${movement.id}` as RefName, from: 'any', to: movement.new }], 'aiteam: kept for an undo of the undo');
  failpoint('undo-pinned');
  const event = { kind: 'undo', id, undoes: movement.id, target, ...move, how: plan.kind === 'move-back' ? 'moved-back' : 'reverted' } as const;
  const checkouts = await targetCheckouts(workspace, target);
  if (!(await land(workspace, { version: 1, target, ...move, checkouts, token: `${id} ${process.pid}`, events: [event] }))) {
    throw refusal('target-moved', `${target} moved meanwhile: nothing was undone`, `aiteam undo ${movement.id}`);
  }
  return { id, ...move };
}

function findMovement({ ledger, target }: Workspace, id: string | null): Movement {
  if (id === null) {
    const all = movementsOf(ledger, target);
    const newest = all.at(-1);
    if (newest === undefined) throw refusal('nothing-to-undo', `nothing has landed on ${target} yet`, 'aiteam log');
    // The newest that still counts: undoing twice goes back twice.
    const counting = all.filter((movement) => undoOf(ledger, movement.id) === undefined && ledger.undos.get(movement.id) === undefined && ledger.landings.get(movement.id)?.strategy !== 'found').at(-1);
    if (counting === undefined) throw refusal('nothing-to-undo', `everything that landed on ${target} is undone`, `aiteam undo ${newest.id} takes the last undo back`);
    return counting;
  }
  const targets = new Set([...ledger.landings.values()].map((landing) => landing.target));
  const found = [...targets].flatMap((name) => movementsOf(ledger, name)).filter((movement) => movement.id === id || movement.id.toLowerCase().startsWith(id.toLowerCase()));
  const [movement, ...others] = found;
  if (movement === undefined || id === '') throw refusal('unknown-landing', `there is no landing or undo "${id}"`, 'aiteam log');
  if (others.length > 0) throw refusal('ambiguous-landing', `"${id}" begins the ids of ${found.length} movements`, `give more of it: ${found.map((one) => one.id).join(', ')}`);
  return movement;
}

function refused({ ledger, target }: Workspace, movement: Movement, why: (UndoPlan & { kind: 'refuse' })['why']): Error {
  switch (why) {
    case 'not-ours': return refusal('not-ours', `${movement.id} came to ${target} otherwise than by aiteam: it is not ours to take back`, `git revert ${movement.new.slice(0, 8)}, in a checkout of ${target}`);
    case 'undone-already': {
      const by = undoOf(ledger, movement.id)?.id ?? '';
      return refusal('undone-already', `${movement.id} is undone already, by ${by}`, `aiteam undo ${by} brings it back`);
    }
    case 'not-on-target': return refusal('not-on-target', `${target} does not hold ${movement.id} any more: somebody has moved it`, `git log ${target}`);
    case 'land-again': {
      const agents = ledger.landings.get(ledger.undos.get(movement.id)?.undoes ?? '')?.agents.map(({ agent }) => agent) ?? [];
      return refusal('land-again', `${target} has gone on since ${movement.id}: what it took back has to land anew`, `aiteam integrate ${agents.join(' ')}`);
    }
  }
}

async function revertCommit(workspace: Workspace, movement: Movement, tip: CommitId): Promise<CommitId> {
  const { git, target, ledger } = workspace;
  await requireSignature(git);
  const room = await openMergeRoom(workspace, tip);
  const reverted = await revertTree(git, room, tip, { from: movement.old, to: movement.new });
  if (reverted.kind === 'conflicted') {
    const later = await laterLandings(workspace, movement, reverted.paths);
    const names = later.length === 0 ? 'commits made by hand' : later.map((landing) => `${landing.id} (${ledger.landings.get(landing.id)?.agents.map(({ agent }) => agent).join(', ') ?? 'an undo'})`).join(', ');
    throw refusal(
      'later-work-depends', `later work on ${target} changes the same places as ${movement.id}: ${names} in ${reverted.paths.map(showPath).join(', ')}`,
      ...later.toReversed().map((landing) => `aiteam undo ${landing.id}, first`), `or take it back by hand: git revert -m 1 ${movement.new.slice(0, 8)}`,
    );
  }
  const names = ledger.landings.get(movement.id)?.agents.map(({ agent }) => agent).join(', ');
  const message = `Take back ${movement.id}${names === undefined ? '' : ` (${names})`}\n\nThis takes back what came to ${target} from ${movement.old} to ${movement.new}.\n`;
  return commitTree(git, { tree: reverted.tree, parents: [tip], message, sign: await signsCommits(git) });
}

/** The movements after this one that changed one of these paths and still count. */
async function laterLandings({ git, ledger, target }: Workspace, movement: Movement, paths: readonly RepoPath[]): Promise<Movement[]> {
  const wanted = new Set<string>(paths);
  const later: Movement[] = [];
  for (const one of movementsOf(ledger, target)) {
    if (one.at <= movement.at || one.id === movement.id || undoOf(ledger, one.id) !== undefined) continue;
    if ((await treeChanges(git, one.old, one.new)).some((change) => wanted.has(change.path))) later.push(one);
  }
  return later;
}

/** Refuses where the move would touch what the user has changed where the target is checked out. Errors: `in-the-way`. */
async function requireFree(workspace: Workspace, from: CommitId, to: CommitId): Promise<void> {
  const { git, target } = workspace;
  const changes = await treeChanges(git, from, to);
  for (const checkout of await targetCheckouts(workspace, target)) {
    const paths = await pathsInTheWay(git, checkout, changes);
    if (paths.length > 0) throw refusal('in-the-way', `the undo would touch paths that you have changed in ${checkout.worktree}: ${paths.map(showPath).join(', ')}`, 'commit or move those files, then try again');
  }
}

/** The agents whose branches build on the movement. */
async function holders({ git, ledger, target }: Workspace, movement: Movement): Promise<AgentId[]> {
  const landing = ledger.landings.get(movement.id);
  const branches = new Set((await branchesContaining(git, movement.new, null)).filter((branch) => branch !== target && (landing === undefined || !isItself(landing, branch))));
  return [...ledger.agents.values()].filter((agent) => agent.present && branches.has(agent.branch)).map(({ agent }) => agent).sort();
}
