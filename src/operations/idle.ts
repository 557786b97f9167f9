import { loadUserConfig } from '../config/user.ts';
import { lasting } from '../core/ago.ts';
import type { UserConfig } from '../core/config.ts';
import { idleFor, idleLimit } from '../core/idle.ts';
import type { AgentId } from '../core/ids.ts';
import { plural } from '../core/text.ts';
import { worktreeStatus, type WorktreeStatus } from '../git/status.ts';
import { branchTips } from '../git/tips.ts';
import { ownOutput, type OwnPane } from '../launch/own-pane.ts';
import type { Attached } from '../process/attached.ts';
import { ProcessError } from '../process/run.ts';
import type { Workspace } from './workspace.ts';

/** How long each of these agents has been idle, milliseconds, given when its window last showed something: its commits count as well. */
export async function idleTimes({ git, ledger }: Workspace, outputs: ReadonlyMap<AgentId, number>): Promise<Map<AgentId, number>> {
  const branchOf = (agent: AgentId): string => ledger.agents.get(agent)?.branch ?? '';
  const tips = await branchTips(git, [...outputs.keys()].map(branchOf).filter((branch) => branch !== ''));
  const now = Date.now();
  return new Map([...outputs].map(([agent, outputAt]) => [agent, idleFor(now, outputAt, tips.get(branchOf(agent))?.at ?? 0)]));
}

/** How long these agents may be idle, by the configuration; null for as long as they like. */
export async function idleLimits({ context, config }: Workspace, agents: readonly AgentId[]): Promise<Map<AgentId, number | null>> {
  const user = await loadUserConfig(context.env);
  return new Map(agents.map((agent) => [agent, idleLimit(agent, config, user)]));
}

/** What in the agent's worktree is not committed; null where there is nothing to look at, or git could not. */
export async function uncommittedOf({ git, ledger }: Workspace, agent: AgentId): Promise<WorktreeStatus | null> {
  const record = ledger.agents.get(agent);
  if (record?.present !== true) return null;
  try {
    return await worktreeStatus(git, record.worktree);
  } catch (error) {
    if (error instanceof ProcessError) return null;
    throw error;
  }
}

/** What ends a client that is idle for too long. */
export interface IdleEnd {
  /** Looks whether it is. Returns how long it may be, milliseconds; null for as long as it likes. */
  readonly look: (workspace: Workspace, user: UserConfig) => Promise<number | null>;
  /** Why it was ended; null where it was not. */
  readonly why: () => string | null;
}

/** The end of one client in its window; one that a budget has stopped is not idle. */
export function idleEnd(agent: AgentId, client: Attached, pane: OwnPane): IdleEnd {
  let ended: string | null = null;
  return {
    why: () => ended,
    look: async (workspace, user) => {
      const limit = idleLimit(agent, workspace.config, user);
      if (limit === null || client.isPaused() || ended !== null) return limit;
      const outputAt = await ownOutput(pane);
      const idle = outputAt === null ? 0 : (await idleTimes(workspace, new Map([[agent, outputAt]]))).get(agent) ?? 0;
      if (idle < limit) return limit;
      const left = await uncommittedOf(workspace, agent);
      const files = left === null ? 0 : left.changed + left.untracked;
      ended = `its window was idle for ${lasting(idle)}${files === 0 ? '' : `; ${plural(files, 'file')} of its worktree ${files === 1 ? 'is' : 'are'} not committed`}`;
      client.end();
      workspace.journal.append({ kind: 'idled', agent, ms: idle });
      return limit;
    },
  };
}
