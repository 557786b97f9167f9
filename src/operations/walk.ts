import type { Event } from '../core/events.ts';
import { COMMITS_KEPT, walkedAt } from '../core/fold.ts';
import { branchRef, type AgentId, type CommitId } from '../core/ids.ts';
import { presentAgents, type AgentRecord, type Ledger } from '../core/ledger.ts';
import { namedAgent, trailerKey } from '../core/named-agent.ts';
import { readCommits, type CommitFacts } from '../git/commit-facts.ts';
import { headsSince } from '../git/head-reflog.ts';
import { listRefs } from '../git/refs.ts';
import { readHistory } from '../state/journal.ts';
import { worktreeOf } from './agents.ts';
import { handoffsIn } from './handoffs-in.ts';
import { refreshTouched } from './touched-paths.ts';
import type { Workspace } from './workspace.ts';

/** Where an agent's work may be found. */
interface Place {
  readonly record: AgentRecord;
  /** The recorded branch's tip; null where the branch is gone. */
  readonly tip: CommitId | null;
  /** The worktree's HEAD where it is elsewhere. */
  readonly elsewhere: CommitId | null;
  /** Where HEAD has been since the last walk. */
  readonly passed: readonly CommitId[];
}

/**
 * Finds what hooks missed: commits of agents' branches and worktrees that no hook reported, and the handoffs that
 * commits ask for; then brings the lists of touched paths up to date. True when something was recorded.
 */
export async function walk(workspace: Workspace): Promise<boolean> {
  const agents = presentAgents(workspace.ledger);
  if (agents.length === 0) return false;
  const found = await listRefs(workspace.git, branchRef(workspace.target), `refs/remotes/*/${workspace.target}`, ...agents.map(({ branch }) => branchRef(branch)));
  const refs = new Map(found.map(({ name, id }) => [name, id]));
  const targetTip = refs.get(branchRef(workspace.target));
  if (targetTip === undefined) return false;
  const places = agents.map((record) => placeOf(workspace, record, refs.get(branchRef(record.branch)) ?? null));
  // What an agent has pulled from the target's remote is no work of its own.
  const remote = found.flatMap(({ name, id }) => (name.startsWith('refs/remotes/') ? [id] : []));
  const events = await eventsSince(workspace, places, [targetTip, ...remote]);
  workspace.journal.append(...events);
  await refreshTouched(workspace, new Map(places.map(({ record, tip }) => [record.agent, tip])), targetTip);
  return events.length > 0;
}

function placeOf(workspace: Workspace, record: AgentRecord, tip: CommitId | null): Place {
  const worktree = worktreeOf(workspace, record);
  const known = (id: CommitId): boolean => id === tip || record.commits.has(id);
  const head = worktree?.head ?? null;
  const passed = worktree === undefined || worktree.gitDir === null ? [] : headsSince(worktree.gitDir, walkedAt(workspace.ledger, record.agent));
  return { record, tip, elsewhere: head === null || known(head) ? null : head, passed: passed.filter((id) => !known(id)) };
}

async function eventsSince(workspace: Workspace, places: readonly Place[], landed: readonly CommitId[]): Promise<Event[]> {
  const { config, git, ledger } = workspace;
  const key = trailerKey(config.trailer);
  const owners = ownersOf(places);
  const walked = places.flatMap(({ record }) => record.walkedTip ?? []);
  const tips = [...owners.keys()];
  const commits = await readCommits(git, tips, [...landed, ...walked], key);
  // What HEAD has left behind again: amended, reset away, or on a branch that is gone.
  const left = new Map(places.flatMap(({ record, passed }) => passed.filter((id) => !owners.has(id)).map((id) => [id, record.agent] as const)));
  const leftBehind = await readCommits(git, [...left.keys()], [...landed, ...walked, ...tips], key);
  if (commits.length === 0 && leftBehind.length === 0 && left.size === 0 && places.every(isWalked)) return [];

  const recorded = recordedCommits(workspace, commits.length + leftBehind.length);
  const authorOf = (commit: CommitFacts): AgentId | undefined =>
    namedAgent(commit.agents, (name) => ledger.agents.has(name as AgentId)) ?? owners.get(commit.tip) ?? left.get(commit.tip);
  const events: Event[] = [];
  for (const commit of [...leftBehind, ...commits]) {
    const agent = authorOf(commit);
    if (agent !== undefined && !recorded.has(commit.id)) events.push({ kind: 'commit', agent, id: commit.id, unrecorded: true });
  }
  for (const commit of commits) {
    const agent = authorOf(commit);
    if (agent !== undefined && commit.handoffTo.length > 0) events.push(...await handoffsIn(workspace, agent, commit));
  }
  for (const place of places) {
    const { record, tip, passed } = place;
    // HEAD was elsewhere and came back: its reflog, which counts in seconds, is read up to here.
    const readOn = passed.length > 0 && Date.now() - walkedAt(ledger, record.agent) > 1_000;
    if (tip !== null && (!isWalked(place) || readOn)) events.push({ kind: 'walked', agent: record.agent, tip });
  }
  return events;
}

function isWalked({ record, tip }: Place): boolean {
  return tip === null || tip === record.walkedTip;
}

/** Each tip to walk from, and whose it is. */
function ownersOf(places: readonly Place[]): Map<CommitId, AgentId> {
  const owners = new Map<CommitId, AgentId>();
  for (const place of places) {
    const tips = isWalked(place) ? [place.elsewhere] : [place.tip, place.elsewhere];
    for (const tip of tips) if (tip !== null && !owners.has(tip)) owners.set(tip, place.record.agent);
  }
  return owners;
}

/** The commits that the journal has. The ledger forgets the oldest, so a great many new ones are looked up in the whole journal. */
function recordedCommits(workspace: Workspace, asked: number): ReadonlySet<CommitId> {
  const ids = (ledger: Ledger): CommitId[] => [...ledger.agents.values()].flatMap((agent) => [...agent.commits.keys()]);
  if (asked < COMMITS_KEPT) return new Set(ids(workspace.ledger));
  return new Set(readHistory(workspace.layout).flatMap((event) => (event.kind === 'commit' || event.kind === 'rewrite' ? [event.id] : [])));
}
