import { configuredCommands } from '../../core/approval.ts';
import { mustBeQuiet, selectCandidates, type Candidate, type Selection } from '../../core/candidates.ts';
import { AiteamError, refusal } from '../../core/errors.ts';
import type { LandedAgent, Strategy } from '../../core/events.ts';
import type { AgentId, CommitId } from '../../core/ids.ts';
import { resolutionOf, type Conflict } from '../../core/ledger.ts';
import type { Checkout } from '../../git/worktrees.ts';
import { pushCommit } from '../../git/remote.ts';
import type { CleanRoom } from '../../git/clean-room.ts';
import { signsCommits } from '../../git/commits.ts';
import { nameAndAddress, requireSignature } from '../../git/signature.ts';
import { failpoint } from '../../process/failpoint.ts';
import type { Hold } from '../../process/interruption.ts';
import { keptResolutions } from '../../state/resolutions.ts';
import { isApproved } from '../approval.ts';
import { openMergeRoom, warnOfUnheeded } from '../merge-room.ts';
import type { Workspace } from '../workspace.ts';
import { beyondCounts, beyondIn, type Beyond } from './beyond.ts';
import { findLandings, type FoundLanding } from './found-landings.ts';
import { isAccepted, newGateRun, runGates, type GateResult } from './gate.ts';
import { gatedStack } from './gated-stack.ts';
import { integrateCommand } from './into.ts';
import { judgedStack, type Left, type StackPlan } from './judged-stack.ts';
import { land, landingId } from './land.ts';
import { handBackRed, handBackUnwell, landingEvents, openConflicts, recordConflicts, unpinConflicts } from './record.ts';
import { lossesOf } from './lost-lines.ts';
import { settlingMerges } from './settling-merges.ts';
import { seeRemoteTarget, type RemoteTarget } from './remote-target.ts';
import type { Phase } from './run-note.ts';
import { countChangedFiles, takeSnapshot, type RunSnapshot } from './snapshot.ts';
import { targetCheckouts } from './target-checkouts.ts';
import { unsettledMarkers } from './unsettled-markers.ts';

export interface IntegrateInput {
  readonly agents: readonly AgentId[];
  readonly dryRun: boolean;
  readonly strategy: Strategy;
  /** Add a Signed-off-by line of who integrates. */
  readonly signoff: boolean;
  /** The branch to land on; null for the configured target. */
  readonly into: string | null;
  /** The remote to land on: named, or true for the usual one; null for this repository only. */
  readonly push: string | true | null;
  /** Land branches too that build on landings which were undone. */
  readonly withUndone: boolean;
  /** Land what adds no failure of its own although a gate fails on the target already. */
  readonly allowRedBase: boolean;
  /** Merge branches that have no commit in common with the target too. */
  readonly allowUnrelated: boolean;
  /** Land branches too whose settled conflicts have dropped lines of the target. */
  readonly acceptLoss: boolean;
}

/** An agent's worktree when the run began. */
export interface AgentPlace {
  readonly worktree: string;
  /** It is in the middle of a merge, as a resolution is. */
  readonly merging: boolean;
}

export interface IntegrateResult {
  readonly target: string;
  readonly dryRun: boolean;
  readonly strategy: Strategy;
  /** Null where nothing moved. */
  readonly landing: { readonly id: string; readonly old: CommitId; readonly new: CommitId } | null;
  /** What landed, or with `dryRun` would land. */
  readonly landed: readonly LandedAgent[];
  /** Open conflicts whose resolutions were kept and apply no more: their lines have changed since. */
  readonly lapsed: readonly Conflict[];
  /** What these branches changed beyond the automatic merge where they settled conflicts in merges of their own, with those that stayed out. */
  readonly beyond: ReadonlyMap<AgentId, readonly Beyond[]>;
  /** Candidates that were tried and stayed out. */
  readonly leftOut: readonly Left[];
  /** Agents that were not tried. */
  readonly notTried: Selection['out'];
  readonly places: ReadonlyMap<AgentId, AgentPlace>;
  /** What lands on the same branch again, names to be added. */
  readonly again: string;
  /** How the gates answered on what landed; with `redBase`, and nothing landed, on the target itself. */
  readonly gates: readonly GateResult[];
  /** A gate fails on the target itself. */
  readonly redBase: boolean;
  readonly gatesConfigured: boolean;
  /** What a remote's branch was moved to; null without --push, or where it is there already. */
  readonly pushed: { readonly remote: string; readonly old: CommitId | null; readonly new: CommitId } | null;
  /** Whether the gates may run. */
  readonly gatesApproved: boolean;
}

/** The run that has the mutex. */
export interface Run extends Hold {
  readonly id: string;
  /** Says on disk how far it is. */
  readonly note: (phase: Phase) => void;
}

/** The target was not where the plan had seen it. */
export class TargetMoved extends AiteamError {
  constructor(target: string) {
    super(`${target} keeps moving while branches are landed on it`, { code: 'target-moved', hints: ['aiteam integrate'] });
  }
}

/** What would come of a run, gates aside; nothing changes. Errors: `target-missing`, `target-busy`. */
export async function predict(workspace: Workspace, input: IntegrateInput): Promise<IntegrateResult> {
  const { plan, snapshot, checkouts, common, unsettled } = await planned(workspace, input);
  const { stack, leftOut } = await judgedStack(workspace, plan, snapshot, checkouts);
  return { ...common, leftOut: [...unsettled, ...leftOut], lapsed: lapsedIn(workspace, plan.target, stack.landed, leftOut), landing: null, landed: stack.landed, gates: [], redBase: false, pushed: null };
}

/** One try, from the snapshot to the landing. Errors: those of `predict`, and `TargetMoved` where all is to be planned again. */
export async function attempt(workspace: Workspace, run: Run, input: IntegrateInput): Promise<IntegrateResult> {
  const { target, plan, snapshot, checkouts, common, remote, unsettled, kept } = await planned(workspace, input);
  failpoint('snapshot-taken');
  run.note('gating');
  const { stack, leftOut: judged, gates, redBase } = await gatedStack(workspace, plan, snapshot, checkouts, input.allowRedBase);
  const leftOut = [...unsettled, ...judged];
  // What only goes along with a landing was tested in its tree; alone it is tested first.
  const alone = stack.landed.length === 0 && remote?.isAhead === true && !redBase ? await runGates(workspace, newGateRun(), remote.here) : null;
  const mayPush = alone?.every(isAccepted) === true;
  return run.hold(async () => {
    run.note('landing');
    const moved = { target, old: snapshot.targetTip, new: stack.top };
    const push = remote === null ? {} : { push: remote.branch };
    if (mayPush && remote !== null && !(await pushCommit(workspace.git, remote.branch, remote.here))) throw new TargetMoved(target);
    if (stack.landed.length > 0) {
      const passed = gates.filter((gate) => gate.verdict === 'passed').map((gate) => gate.name);
      const counts = await beyondCounts(workspace.git, stack.landed.flatMap(({ agent }) => openConflicts(workspace, target, agent)), [...common.beyond.values()].flat());
      const events = landingEvents(workspace, counts, { ...moved, strategy: input.strategy, agents: stack.landed, gates: passed });
      // While gates ran, somebody may have gone to the target; who comes later than this is moved along after it.
      if (gates.length > 0 && !sameCheckouts(checkouts, await targetCheckouts(workspace, target))) throw new TargetMoved(target);
      // So may somebody have taken back, or changed, how a conflict is settled; a push cannot be made to depend on that.
      const settled = stack.landed.flatMap(({ settled: ids = [] }) => ids);
      const keptNow = settled.length > 0 ? await keptResolutions(workspace.git) : kept;
      if (settled.some((id) => kept.get(id)?.commit !== keptNow.get(id)?.commit)) throw new TargetMoved(target);
      const resolutions = settled.flatMap((id) => kept.get(id) ?? []).map(({ id, commit }) => ({ id, commit }));
      const old = remote?.here ?? moved.old;
      if (!(await land(workspace, { version: 1, ...moved, ...push, ...(resolutions.length === 0 ? {} : { resolutions }), old, checkouts, token: `${landingId(stack.top)} ${process.pid} ${run.id}`, events }))) throw new TargetMoved(target);
      await unpinConflicts(workspace, events.flatMap((event) => (event.kind === 'conflict-closed' ? [event.id] : [])));
    }
    run.note('recording');
    for (const left of leftOut) await recordLeft(workspace, target, left);
    const landing = stack.landed.length === 0 ? null : { id: landingId(stack.top), old: moved.old, new: moved.new };
    const pushed = remote !== null && (landing !== null || mayPush) ? { remote: remote.branch.remote, old: remote.branch.tip, new: stack.top } : null;
    return { ...common, leftOut, lapsed: lapsedIn(workspace, target, stack.landed, leftOut), landing, landed: stack.landed, gates: alone ?? gates, redBase: redBase || (alone !== null && !mayPush), pushed };
  });
}

/** What both of them begin with. */
async function planned(workspace: Workspace, input: IntegrateInput): Promise<{
  target: string; plan: StackPlan; snapshot: RunSnapshot; checkouts: readonly Checkout[]; remote: RemoteTarget | null; unsettled: readonly Left[]; kept: Awaited<ReturnType<typeof keptResolutions>>;
  common: Pick<IntegrateResult, 'target' | 'dryRun' | 'strategy' | 'beyond' | 'notTried' | 'places' | 'again' | 'gatesConfigured' | 'gatesApproved'>;
}> {
  const target = input.into ?? workspace.target;
  const remote = input.push === null ? null : await seeRemoteTarget(workspace, target, input.push === true ? null : input.push);
  const asked = Promise.all([requireSignature(workspace.git), signsCommits(workspace.git), keptResolutions(workspace.git), targetCheckouts(workspace, target)]);
  // A target that is missing is said first.
  asked.catch(() => undefined);
  const first = await takeSnapshot(workspace, target, remote?.base ?? null);
  if (first === null) throw refusal('target-missing', `there is no branch "${target}"`, `git branch ${target} <commit>`);
  const [[signature, sign, kept, checkouts], room, changedFiles] = await Promise.all([
    asked,
    openMergeRoom(workspace, first.targetTip),
    mustBeQuiet(first.agents, input.agents) ? countChangedFiles(workspace, first.agents) : new Map<AgentId, number>(),
  ]);
  const found = await findLandings(workspace, target, first, room);
  if (found.length > 0 && !input.dryRun) workspace.journal.append(...found.map((landing) => ({ kind: 'landing', ...landing }) as const));
  const snapshot = found.length === 0 ? first : (await takeSnapshot(withLandings(workspace, found), target, first.targetTip)) ?? first;
  const { candidates, out } = selectCandidates(snapshot.agents, input.agents, { withUndone: input.withUndone, changedFiles });
  const { dryRun, strategy } = input;
  const gatesApproved = isApproved(workspace, configuredCommands(workspace.config));
  const places = new Map(snapshot.agents.map(({ agent, underWay }) => [agent, { worktree: workspace.ledger.agents.get(agent)?.worktree ?? '', merging: underWay === 'a merge' }]));
  warnOfUnheeded(workspace, room, target);
  const { settled, unsettled, beyond } = await wellSettled(workspace, room, snapshot, { candidates, acceptLoss: input.acceptLoss });
  const common = { target, dryRun, strategy, beyond, notTried: out, places, again: integrateCommand(workspace, target), gatesConfigured: workspace.config.gates.length > 0, gatesApproved };
  const plan = { target, strategy, candidates: settled, signature, sign, signoff: input.signoff ? nameAndAddress(signature.committer) : null, allowUnrelated: input.allowUnrelated, room };
  return { target, plan, snapshot, checkouts, common, remote, unsettled, kept };
}

/**
 * The candidates apart from those that have committed conflict markers, or dropped lines of the target where they settled a
 * conflict; and what each changed there beyond the automatic merge.
 */
async function wellSettled(
  workspace: Workspace, room: CleanRoom, snapshot: RunSnapshot, { candidates, acceptLoss }: { candidates: readonly Candidate[]; acceptLoss: boolean },
): Promise<{ settled: Candidate[]; unsettled: Left[]; beyond: Map<AgentId, readonly Beyond[]> }> {
  const settled: Candidate[] = [];
  const unsettled: Left[] = [];
  const beyond = new Map<AgentId, readonly Beyond[]>();
  for (const candidate of candidates) {
    const places = await unsettledMarkers(workspace, snapshot.targetTip, candidate);
    const merges = places.length > 0 ? [] : await settlingMerges(workspace, room, snapshot, candidate);
    const losses = acceptLoss ? [] : await lossesOf(room, snapshot, merges, candidate.tip);
    const changed = await beyondIn(room, merges, candidate.tip);
    if (changed.length > 0) beyond.set(candidate.agent, changed);
    if (places.length > 0) unsettled.push({ candidate, why: { kind: 'unsettled-markers', places } });
    else if (losses.length > 0) unsettled.push({ candidate, why: { kind: 'loss', losses } });
    else settled.push(candidate);
  }
  return { settled, unsettled, beyond };
}

/** The workspace as it is with landings that have just been found. */
function withLandings(workspace: Workspace, found: readonly FoundLanding[]): Workspace {
  const landings = new Map([...workspace.ledger.landings, ...found.map((landing) => [landing.id, { ...landing, at: Date.now() }] as const)]);
  return { ...workspace, ledger: { ...workspace.ledger, landings } };
}

/** What was kept for conflicts that these branches do not have any more. */
function lapsedIn(workspace: Workspace, target: string, landed: readonly LandedAgent[], leftOut: readonly Left[]): Conflict[] {
  const stopped = leftOut.flatMap(({ candidate, why }) => (why.kind === 'conflict' ? [{ agent: candidate.agent, met: why.conflicts.map(({ id }) => id) }] : []));
  return [...landed.map(({ agent, settled = [] }) => ({ agent, met: settled })), ...stopped]
    .flatMap(({ agent, met }) => openConflicts(workspace, target, agent).filter(({ id }) => resolutionOf(workspace.ledger, id) !== undefined && !met.includes(id)));
}

/** Tells journal and agent why a branch stayed out. */
async function recordLeft(workspace: Workspace, target: string, { candidate, why }: Left): Promise<void> {
  if (why.kind === 'conflict') await recordConflicts(workspace, target, why.conflicts);
  if (why.kind === 'red-gate') handBackRed(workspace, candidate, why);
  if (why.kind === 'unsettled-markers' || why.kind === 'loss') handBackUnwell(workspace, target, candidate, why);
}

function sameCheckouts(planned: readonly Checkout[], now: readonly Checkout[]): boolean {
  return JSON.stringify(planned) === JSON.stringify(now);
}
