import { join } from 'node:path';
import { reaches } from '../../core/at-commit.ts';
import type { AgentSnapshot } from '../../core/candidates.ts';
import { refusal } from '../../core/errors.ts';
import type { OverlapFacts } from '../../core/overlap-facts.ts';
import type { Lines } from '../../core/hunks.ts';
import type { AgentId, CommitId, RepoPath } from '../../core/ids.ts';
import { presentAgents } from '../../core/ledger.ts';
import { oneForAll, overlapWord, wordFor, type OverlapWord } from '../../core/overlap-policy.ts';
import { unquotePath } from '../../core/quoted-path.ts';
import { openGit, type Git } from '../../git/git.ts';
import { quarantine } from '../../git/quarantine.ts';
import { readMarker } from '../../state/marker.ts';
import { readTouched } from '../../state/touched.ts';
import type { Context } from '../context.ts';
import { openMergeRoom } from '../merge-room.ts';
import { openAsItIs } from '../open-workspace.ts';
import { requireSnapshot } from '../sync/predict.ts';
import type { Workspace } from '../workspace.ts';
import { headCommit, ownHunks, stagedCommit, type Committed } from './committed.ts';
import { factsOf, findPlaces, type Found } from './compare.ts';
import type { Contender } from './contenders.ts';
import { inScratch } from '../in-scratch.ts';
import { pairings } from './pairs.ts';
import { appendPredicted } from './predicted.ts';

/** A place of a commit on which git would stop: whose unlanded work is there too. */
export interface Collision {
  readonly overlap: OverlapFacts;
  readonly other: AgentId;
  readonly tip: CommitId;
  readonly task: string | null;
  /** The lines as the commit has them; null where it is not about lines. */
  readonly lines: Lines | null;
  readonly word: OverlapWord;
}

/** A path of a commit that another agent's unlanded work touches too, without anything that a person would have to settle. */
export interface Shared {
  readonly path: RepoPath;
  readonly other: AgentId;
  readonly mechanical: boolean;
}

/** What a commit meets in work that has not landed. */
export interface AtCommit {
  readonly agent: AgentId;
  readonly target: string;
  /** Whether it is still to be made. */
  readonly staged: boolean;
  readonly collisions: readonly Collision[];
  /** Only what this agent's branch did not touch before, so that it is told once. */
  readonly shared: readonly Shared[];
  /** Whether the policy stops the commit: never one that was made. */
  readonly blocked: boolean;
}

/**
 * Compares the commit that an agent made just now, or what it has staged for one, with every unlanded branch that touches
 * the same paths, and keeps what would conflict for conflicts.log. As hooks call it: it mends nothing and fetches nothing.
 * Errors: `partial-clone`, those of opening a workspace.
 */
export async function atCommit(context: Context, staged: boolean): Promise<AtCommit> {
  // Each of the two is a chain of processes, and the agent waits for both.
  const [workspace, head] = await Promise.all([openAsItIs(context), staged ? null : headCommit(openGit(context.cwd, context.env))]);
  const agent = readMarker(workspace.repo.currentGitDir)?.agent;
  if (agent === undefined || !presentAgents(workspace.ledger).some((known) => known.agent === agent)) throw refusal('caller-unknown', 'no agent that is known here works in this worktree', 'aiteam doctor');
  const { target } = workspace;
  return inScratch('overlaps', async (folder) => {
    const apart = quarantine(workspace.repo, folder);
    const git = workspace.git.at(context.cwd).with(apart);
    const made = head ?? await stagedCommit(git, context.env['GIT_INDEX_FILE'] ?? join(workspace.repo.currentGitDir, 'index'), folder);
    const sharers = sharersOf(workspace, agent, made);
    const found = sharers.size === 0 ? [] : await placesWith(workspace, { git, apart }, { agent, staged, made, sharers });
    const words = wordsFor(workspace);
    const collisions = found.filter(({ meeting, place }) => meeting.verdict === 'conflict' && place.level !== 'mechanical' && words(meeting.path) !== 'off')
      .map((one) => collisionOf(workspace, agent, one, words(one.meeting.path)));
    const blocked = staged && collisions.some(({ word }) => word === 'block');
    if (!staged || blocked) appendPredicted(workspace, collisions.map(({ overlap }) => overlap));
    return { agent, target, staged, collisions, shared: staged ? [] : sharedIn(workspace, agent, found).filter(({ path }) => words(path) !== 'off'), blocked };
  });
}

/** What the policy says of a path, overruled by the environment. */
function wordsFor({ config, context }: Workspace): (path: RepoPath) => OverlapWord {
  const overruled = overlapWord(context.env['AITEAM_OVERLAPS']);
  return wordFor(overruled === null ? config.overlaps : oneForAll(overruled));
}

/** The other agents whose unlanded branches touch paths of the commit, each with those paths, by the lists that hooks go by. */
function sharersOf({ ledger, layout }: Workspace, agent: AgentId, { changes }: Committed): Map<AgentId, ReadonlySet<RepoPath>> {
  const sharers = new Map<AgentId, ReadonlySet<RepoPath>>();
  for (const other of presentAgents(ledger)) {
    if (other.agent === agent) continue;
    const paths = (readTouched(layout, other.agent) ?? []).map(unquotePath).filter((path) => changes.has(path));
    if (paths.length > 0) sharers.set(other.agent, new Set(paths));
  }
  return sharers;
}

interface Comparison {
  readonly agent: AgentId;
  readonly staged: boolean;
  readonly made: Committed;
  readonly sharers: ReadonlyMap<AgentId, ReadonlySet<RepoPath>>;
}

/** The places on which merges of the commit with the others' branches meet and that it reaches itself. */
async function placesWith(workspace: Workspace, { git, apart }: { git: Git; apart: Readonly<Record<string, string | undefined>> }, comparison: Comparison): Promise<Found[]> {
  const { agent, staged, made, sharers } = comparison;
  const paths = new Set([...sharers.values()].flatMap((one) => [...one]));
  const opening = requireSnapshot(workspace).then(async (snapshot) => [snapshot, await openMergeRoom(workspace, snapshot.targetTip)] as const);
  const [[snapshot, plain], hunks] = await Promise.all([opening, ownHunks(git, made, paths)]);
  // What git would fetch here, it would fetch again for every commit, and meanwhile the agent waits.
  if (plain.promisors.length > 0) throw refusal('partial-clone', 'lines are not compared at commit in a partial clone', 'aiteam overlaps');
  const room = { ...plain, ...plain.with(apart) };
  const placesFrom = async (commit: CommitId): Promise<Found[]> => {
    const contenders = snapshot.agents.flatMap((one) => (one.agent === agent ? [contender(one, commit, staged ? made.changes : null)] : sharers.has(one.agent) && one.tip !== null && one.ahead > 0 ? [contender(one, one.tip, null)] : []));
    return findPlaces(workspace, room, await pairings(workspace, git, snapshot, contenders, (a, b) => a === agent || (a !== null && b === agent)));
  };
  const found = await placesFrom(made.commit);
  // The other side may have renamed what the commit changed: then it counts unless the commit before it met the very same.
  const elsewhere = found.some((one) => isElsewhere(made, one));
  const before = elsewhere && made.parent !== null ? new Set((await placesFrom(made.parent)).map(({ pair, meeting }) => keyOf(pair, meeting))) : new Set<string>();
  return found.filter((one) => (isElsewhere(made, one) ? !before.has(keyOf(one.pair, one.meeting))
    : made.changes.has(one.meeting.path) && reaches(hunks.get(one.meeting.path) ?? null, one.place.sideLines?.[ownSide(agent, one)] ?? null)));
}

function contender({ agent, branch, ready, firstCommitTime }: AgentSnapshot, commit: CommitId, staged: ReadonlyMap<RepoPath, unknown> | null): Contender {
  return {
    agent, branch, tip: commit, commit, uncommitted: new Set(staged?.keys()), unseen: null, underWay: null, atWork: true,
    // The commit made just now may be on another branch than the recorded one.
    standing: { agent, ready, firstCommitTime: staged === null && firstCommitTime === Number.POSITIVE_INFINITY ? Number.MAX_SAFE_INTEGER : firstCommitTime },
  };
}

function isElsewhere({ changes }: Committed, { meeting }: Found): boolean {
  return meeting.verdict === 'conflict' && !changes.has(meeting.path);
}

function keyOf(pair: Found['pair'], { path, type, blobs }: Found['meeting']): string {
  return JSON.stringify([pair.a?.agent ?? null, pair.b.agent, path, type, blobs]);
}

function ownSide(agent: AgentId, { pair }: Found): 0 | 1 {
  return pair.a?.agent === agent ? 0 : 1;
}

function otherOf(agent: AgentId, { pair }: Found): Contender {
  return pair.a === null || pair.a.agent === agent ? pair.b : pair.a;
}

function collisionOf({ ledger }: Workspace, agent: AgentId, found: Found, word: OverlapWord): Collision {
  const other = otherOf(agent, found);
  return {
    overlap: factsOf(found, null), other: other.agent, tip: other.tip, task: ledger.agents.get(other.agent)?.task ?? null,
    lines: found.place.sideLines?.[ownSide(agent, found)] ?? null, word,
  };
}

/** What is merely shared; a path that stands in the agent's own list from before has been told of. */
function sharedIn({ layout }: Workspace, agent: AgentId, found: readonly Found[]): Shared[] {
  const times = new Map<RepoPath, number>();
  for (const path of (readTouched(layout, agent) ?? []).map(unquotePath)) times.set(path, (times.get(path) ?? 0) + 1);
  return found.filter(({ meeting, place }) => (meeting.verdict === 'clean' || place.level === 'mechanical') && (times.get(meeting.path) ?? 0) <= 1)
    .map((one) => ({ path: one.meeting.path, other: otherOf(agent, one).agent, mechanical: one.place.level === 'mechanical' }));
}
