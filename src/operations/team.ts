import { existsSync } from 'node:fs';
import type { AgentSnapshot } from '../core/candidates.ts';
import { unquotePath } from '../core/quoted-path.ts';
import { ACTIVE_MS, type Member, type Team } from '../core/views/team.ts';
import { readTouched } from '../state/touched.ts';
import { takeSnapshot, type RunSnapshot } from './integrate/snapshot.ts';
import { refreshTouched } from './touched-paths.ts';
import type { Workspace } from './workspace.ts';

/** What the views show: the journal's knowledge of each agent, with what git knows of its branch. */
export async function gatherTeam(workspace: Workspace): Promise<Team> {
  const { ledger, target } = workspace;
  const snapshot = await takeSnapshot(workspace, target, false);
  if (snapshot !== null) await refreshTouched(workspace, new Map(snapshot.agents.map(({ agent, tip }) => [agent, tip])), snapshot.targetTip);
  return {
    target,
    members: snapshot?.agents.map((agent) => memberOf(workspace, snapshot, agent)) ?? [],
    locks: [],
    landings: [...ledger.landings.values()], handoffs: [...ledger.handoffs.values()], conflicts: [...ledger.conflicts.values()],
  };
}

function memberOf({ ledger, layout }: Workspace, snapshot: RunSnapshot, { agent, branch, tip, ahead }: AgentSnapshot): Member {
  const record = ledger.agents.get(agent);
  const worktree = record?.worktree ?? '';
  // A commit that no hook saw counts as well, as long as it is the branch's own.
  const committedAt = tip !== null && ahead > 0 ? (snapshot.graph.get(tip)?.time ?? 0) * 1000 : 0;
  return {
    agent, branch, tip, worktree,
    role: record?.role ?? null, task: record?.task ?? null, taskAt: record?.taskAt ?? 0,
    active: Date.now() - Math.max(record?.lastActiveAt ?? 0, committedAt) < ACTIVE_MS && existsSync(worktree),
    files: ahead === 0 ? [] : [...new Set((readTouched(layout, agent) ?? []).map(unquotePath))],
  };
}
