import { usageError } from '../../core/errors.ts';
import type { HandoffFacts } from '../../core/events.ts';
import type { AgentId, RepoPath } from '../../core/ids.ts';
import { presentAgents, resolutionOf, waitingHandoffs, type AgentRecord, type Conflict } from '../../core/ledger.ts';
import type { Lock } from '../../core/locks.ts';
import { ownedFiles } from '../../core/ownership.ts';
import { branchTips } from '../../git/tips.ts';
import { readLocks } from '../../state/locks.ts';
import { readMarker } from '../../state/marker.ts';
import { reachesOf, type Reach } from '../../core/budgets.ts';
import { budgetFactsFor } from '../budgets/facts.ts';
import { requireAgent, worktreeOf } from '../agents.ts';
import { callerName, HUMAN } from '../caller.ts';
import { withConflictsJudged } from '../conflicts/judge.ts';
import type { Context } from '../context.ts';
import { planHandoffFile } from '../import-handoffs.ts';
import { takeSnapshot, type RunSnapshot } from '../integrate/snapshot.ts';
import { alive } from '../live-locks.ts';
import { openWorkspace } from '../open-workspace.ts';
import { ownConfiguration } from '../own-configuration.ts';
import { settle } from '../settle.ts';
import { shelvesOf } from '../shelf/shelves.ts';
import { agentStatus, type AgentStatus } from '../status.ts';
import { touchedFiles } from '../team.ts';
import { touchedPaths } from '../touched-paths.ts';
import type { Workspace } from '../workspace.ts';
import { landedSince, type LandedSince } from './landed-since.ts';

/** All that an agent should know before it acts. */
export interface Brief {
  readonly target: string;
  readonly status: AgentStatus;
  readonly model: string | null;
  readonly role: string | null;
  /** The files that are its. */
  readonly files: readonly string[];
  /** Those that wait for it, oldest first, those included that somebody has just written into handoff.md. */
  readonly handoffs: readonly BriefHandoff[];
  readonly landed: LandedSince;
  /** Other agents with work that has not landed: those first that touch what this one touches. */
  readonly others: readonly OthersWork[];
  readonly locks: { readonly own: readonly Lock[]; readonly others: readonly Lock[] };
  readonly conflicts: readonly Conflict[];
  readonly gates: readonly { readonly name: string; readonly run: string }[];
  /** How far the budgets are used that bind it. */
  readonly budgets: readonly Reach[];
  /** Whether the agent may land branches by itself. */
  readonly mayIntegrate: boolean;
}

/** `at` is null for one that is not in the journal yet. */
export type BriefHandoff = HandoffFacts & { readonly at: number | null };

export interface OthersWork {
  readonly agent: AgentId;
  readonly branch: string;
  readonly task: string | null;
  readonly ahead: number;
  readonly paths: readonly RepoPath[];
  /** Of these the ones that the reader's branch touches, too. */
  readonly shared: readonly RepoPath[];
}

/**
 * What an agent should know before it acts; null stands for the one that calls. Nothing is changed but the record:
 * what hooks missed, and which conflicts are over. Errors: `agent-needed` where no agent calls, `agent-unknown`.
 */
export async function briefFor(context: Context, agent: AgentId | null): Promise<Brief> {
  const settled = await settle(await openWorkspace(context, 'leave'));
  const whose = requireAgent(settled.ledger, agent ?? agentHere(settled)).agent;
  const workspace = openConflicts(settled, whose).length === 0 ? settled : await withConflictsJudged(settled);
  const record = requireAgent(workspace.ledger, whose);
  const { target, ledger, config } = workspace;
  const [snapshot, locks, tips, shelves] = await Promise.all([takeSnapshot(workspace, target), readLocks(workspace.git), branchTips(workspace.git, [record.branch]), shelvesOf(workspace, record.agent)]);
  const found = snapshot?.agents.find((one) => one.agent === record.agent);
  if (snapshot === null || found === undefined) throw usageError('target-missing', `there is no branch "${target}"`, `git branch ${target} COMMIT`);
  const live = alive(locks, ledger);
  const touched = new Set(touchedPaths(workspace, record.agent));
  const { tip } = found;
  const none: LandedSince = { work: [], commits: 0 };
  const [status, landed] = await Promise.all([
    agentStatus(workspace, found, { tip: tips.get(record.branch) ?? null, targetTip: snapshot.targetTip, locks: live, shelves }),
    tip === null ? none : landedSince(workspace, { targetTip: snapshot.targetTip, tip, touched }),
  ]);
  return {
    target, status, ...identityOf(workspace, record), landed, conflicts: openConflicts(workspace, whose),
    files: ownedFiles(ledger, touchedFiles(workspace, snapshot.agents)).get(record.agent) ?? [],
    handoffs: handoffsFor(workspace, record.agent),
    others: othersWork(workspace, snapshot, record.agent, touched),
    locks: { own: live.filter(({ holder }) => holder === record.agent), others: live.filter(({ holder }) => holder !== record.agent) },
    gates: config.gates.map(({ name, run }) => ({ name, run })),
    budgets: await budgetsFor(workspace, record.agent),
    mayIntegrate: config.agentsMay.includes('integrate'),
  };
}

async function budgetsFor(workspace: Workspace, agent: AgentId): Promise<Reach[]> {
  const facts = budgetFactsFor(workspace, await ownConfiguration(workspace.context), [agent]);
  return facts === null ? [] : reachesOf(agent, facts);
}

/** Those for which nobody has taken sides yet. */
function openConflicts({ ledger }: Workspace, agent: AgentId): Conflict[] {
  return [...ledger.conflicts.values()].filter(({ id, agent: whose, closed }) => whose === agent && closed === null && resolutionOf(ledger, id) === undefined);
}

function agentHere(workspace: Workspace): AgentId {
  const caller = callerName(workspace);
  if (caller !== HUMAN) return caller;
  const names = presentAgents(workspace.ledger).map(({ agent }) => agent);
  throw usageError('agent-needed', "this is no agent's worktree: say whose brief", ...(names.length === 0 ? ['aiteam worktree add claude'] : names.map((name) => `aiteam brief ${name}`)));
}

/** The marker has what the agent was started with; the configuration what it would be started with now. */
function identityOf(workspace: Workspace, record: AgentRecord): { model: string | null; role: string | null } {
  const gitDir = worktreeOf(workspace, record)?.gitDir ?? null;
  const configured = workspace.config.agents.get(record.agent);
  return { model: (gitDir === null ? null : readMarker(gitDir)?.model) ?? configured?.model ?? null, role: record.role ?? configured?.role ?? null };
}

function handoffsFor(workspace: Workspace, agent: AgentId): BriefHandoff[] {
  const written = planHandoffFile(workspace).found.handoffs.filter(({ to }) => to === agent);
  return [...waitingHandoffs(workspace.ledger, agent), ...written.map((handoff) => ({ ...handoff, at: null }))];
}

function othersWork(workspace: Workspace, snapshot: RunSnapshot, agent: AgentId, touched: ReadonlySet<RepoPath>): OthersWork[] {
  const others = snapshot.agents.filter((other) => other.agent !== agent && other.ahead > 0).map((other): OthersWork => {
    const paths = touchedPaths(workspace, other.agent);
    return { agent: other.agent, branch: other.branch, task: workspace.ledger.agents.get(other.agent)?.task ?? null, ahead: other.ahead, paths, shared: paths.filter((path) => touched.has(path)) };
  });
  return others.sort((a, b) => b.shared.length - a.shared.length || (a.agent < b.agent ? -1 : 1));
}
