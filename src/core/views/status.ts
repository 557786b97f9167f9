import type { Lock } from '../locks.ts';
import { escapeText, jsonText } from '../text.ts';
import type { Member, Team } from './team.ts';

interface StatusKeys {
  readonly active_agents: readonly string[];
  readonly locked_files: readonly string[];
  /** Who holds the newest lock. */
  readonly locked_by: string | null;
  /** The newest task. */
  readonly current_task: string | null;
  readonly handoff_ready: boolean;
}

/** The text of status.json: the whole team's state, and the same keys for each agent below `agents`. */
export function renderStatus(team: Team): string {
  const waiting = team.handoffs.filter((handoff) => handoff.closed === null);
  const agents = team.members.map((member) => [member.agent, statusOf(
    [member], team.locks.filter((lock) => lock.holder === member.agent), waiting.some((handoff) => handoff.to === member.agent),
  )]);
  return `${jsonText({ version: 1, ...statusOf(team.members, team.locks, waiting.length > 0), agents: Object.fromEntries(agents) })}\n`;
}

function statusOf(members: readonly Member[], locks: readonly Lock[], handoffReady: boolean): StatusKeys {
  const newestLock = locks.toSorted((a, b) => a.at - b.at).at(-1);
  const newestTask = members.filter((member) => member.task !== null).toSorted((a, b) => a.taskAt - b.taskAt).at(-1)?.task ?? null;
  return {
    active_agents: members.filter((member) => member.active).map((member) => member.agent),
    locked_files: locks.map((lock) => lock.pattern),
    locked_by: newestLock?.holder ?? null,
    current_task: newestTask === null ? null : escapeText(newestTask),
    handoff_ready: handoffReady,
  };
}
