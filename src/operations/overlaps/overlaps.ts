import { parseAgentId } from '../../core/agent-name.ts';
import type { AgentId } from '../../core/ids.ts';
import type { OverlapFacts } from '../../core/overlap-facts.ts';
import { quarantine } from '../../git/quarantine.ts';
import { requireAgent } from '../agents.ts';
import type { Context } from '../context.ts';
import { inScratch } from '../in-scratch.ts';
import type { RunSnapshot } from '../integrate/snapshot.ts';
import { openMergeRoom } from '../merge-room.ts';
import { settle } from '../settle.ts';
import { requireSnapshot } from '../sync/predict.ts';
import { openWorkspace } from '../open-workspace.ts';
import type { Workspace } from '../workspace.ts';
import { compare } from './compare.ts';
import { contenders, type Contender } from './contenders.ts';
import { recordPredicted } from './predicted.ts';
import { pairings } from './pairs.ts';

export interface OverlapsInput {
  /** Whose: of one those with anybody, of several those among them; the target's name is one of them. All where empty. */
  readonly names: readonly string[];
  /** Whether what would conflict is written to conflicts.log. */
  readonly log: boolean;
}

/** Who collides with whom. */
export interface Overlaps {
  /** The branch that they land on. */
  readonly target: string;
  readonly agents: readonly Contender[];
  readonly overlaps: readonly OverlapFacts[];
  /** Which two were compared; null stands for the target. */
  readonly compared: readonly (readonly [AgentId | null, AgentId])[];
  /** How many were written to conflicts.log that were not there; null where nobody asked for it. */
  readonly logged: number | null;
}

/** Compares the work of every two agents, and of each with the target, the uncommitted included; nothing in any worktree changes. */
export async function findOverlaps(context: Context, input: OverlapsInput): Promise<Overlaps> {
  const workspace = await settle(await openWorkspace(context));
  const wanted = selection(workspace, input.names);
  const snapshot = await requireSnapshot(workspace);
  const found = await inScratch('overlaps', async (folder) => comparedIn(workspace, snapshot, folder, wanted));
  return { target: workspace.target, ...found, logged: input.log ? await recordPredicted(workspace, found.overlaps) : null };
}

/** Whether anything would conflict: what `--exit-code` asks. */
export function wouldConflict({ overlaps }: Overlaps): boolean {
  return overlaps.some(({ verdict }) => verdict === 'conflict');
}

type Wanted = (a: AgentId | null, b: AgentId) => boolean;

/** Which pairs are asked for. Errors: `agent-unknown`, those of agents' names. */
function selection({ ledger, target }: Workspace, names: readonly string[]): Wanted {
  const chosen = new Set(names.map((name): AgentId | null => {
    if (name === target && !ledger.agents.has(name as AgentId)) return null;
    return requireAgent(ledger, parseAgentId(name)).agent;
  }));
  if (chosen.size === 0) return () => true;
  return (a, b) => (chosen.size === 1 ? chosen.has(a) || chosen.has(b) : chosen.has(a) && chosen.has(b));
}

async function comparedIn(workspace: Workspace, snapshot: RunSnapshot, folder: string, wanted: Wanted): Promise<Pick<Overlaps, 'agents' | 'overlaps' | 'compared'>> {
  const room = await openMergeRoom(workspace, snapshot.targetTip);
  // What git fetches into a partial clone is to stay.
  const apart = room.promisors.length > 0 ? {} : quarantine(workspace.repo, folder);
  const git = workspace.git.with(apart);
  const asked = snapshot.agents.filter(({ agent }) => wanted(null, agent) || snapshot.agents.some((other) => other.agent !== agent && (wanted(agent, other.agent) || wanted(other.agent, agent))));
  const agents = await contenders(workspace, git, asked, folder);
  const pairs = await pairings(workspace, git, snapshot, agents.filter(({ atWork }) => atWork), wanted);
  const compared = pairs.map(({ a, b }) => [a?.agent ?? null, b.agent] as const);
  return { agents, compared, overlaps: await compare(workspace, { ...room, ...room.with(apart) }, pairs) };
}
