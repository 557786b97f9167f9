import { existsSync } from 'node:fs';
import type { AgentSnapshot } from '../core/candidates.ts';
import { ownedFiles } from '../core/ownership.ts';
import { decodeBytes } from '../core/text.ts';
import { ACTIVE_MS, type Member, type Team } from '../core/views/team.ts';
import { seeLocks } from './live-locks.ts';
import type { Lock } from '../core/locks.ts';
import { takeSnapshot, type RunSnapshot } from './integrate/snapshot.ts';
import { refreshTouched, touchedPaths } from './touched-paths.ts';
import type { Workspace } from './workspace.ts';

/** What the views show: the journal's knowledge of each agent, with what git knows of its branch. */
export async function gatherTeam(workspace: Workspace): Promise<Team> {
  const { ledger, target } = workspace;
  const [snapshot, locks] = await Promise.all([takeSnapshot(workspace, target), seeLocks(workspace)]);
  if (snapshot !== null) await refreshTouched(workspace, new Map(snapshot.agents.map(({ agent, tip }) => [agent, tip])), snapshot.targetTip);
  return {
    target,
    members: snapshot === null ? [] : membersOf(workspace, snapshot, locks),
    locks,
    landings: [...ledger.landings.values()], handoffs: [...ledger.handoffs.values()], conflicts: [...ledger.conflicts.values()], resolutions: [...ledger.resolutions.values()], overlaps: [...ledger.overlaps.values()],
  };
}

function membersOf(workspace: Workspace, snapshot: RunSnapshot, locks: readonly Lock[]): Member[] {
  const owned = ownedFiles(workspace.ledger, touchedFiles(workspace, snapshot.agents));
  return snapshot.agents.map((agent) => memberOf(workspace, snapshot, agent, { files: owned.get(agent.agent) ?? [], holdsLock: locks.some(({ holder }) => holder === agent.agent) }));
}

/** Agent → the files that its unlanded branch touches, as text. */
export function touchedFiles(workspace: Workspace, agents: readonly Pick<AgentSnapshot, 'agent' | 'ahead'>[]): Map<string, string[]> {
  return new Map(agents.map(({ agent, ahead }) => [agent, ahead === 0 ? [] : [...new Set(touchedPaths(workspace, agent).map(decodeBytes))]]));
}

function memberOf({ ledger }: Workspace, snapshot: RunSnapshot, { agent, branch, tip, ahead }: AgentSnapshot, more: { files: readonly string[]; holdsLock: boolean }): Member {
  const record = ledger.agents.get(agent);
  const worktree = record?.worktree ?? '';
  // A commit that no hook saw counts as well, as long as it is the branch's own.
  const committedAt = tip !== null && ahead > 0 ? (snapshot.graph.get(tip)?.time ?? 0) * 1000 : 0;
  return {
    agent, branch, tip, worktree,
    role: record?.role ?? null, task: record?.task ?? null, taskAt: record?.taskAt ?? 0,
    active: (more.holdsLock || Date.now() - Math.max(record?.lastActiveAt ?? 0, committedAt) < ACTIVE_MS) && existsSync(worktree),
    files: more.files,
  };
}
