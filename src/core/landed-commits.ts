import type { LandedAgent } from './events.ts';
import type { AgentId, CommitId } from './ids.ts';
import type { Landing, Undo } from './ledger.ts';
import type { CommitNode } from './unlanded.ts';

/** Commits, each after all that build on it, as git lists them in topological order. */
export type History = ReadonlyMap<CommitId, CommitNode>;

/** How a commit came to the target: by a landing, and as whose work; null where it was there before or came beside landings. */
export interface Brought {
  readonly landing: Landing;
  readonly agent: AgentId | null;
}

/** Each commit of the history with the landing that brought it, the tips included that were landed as other commits. */
export function broughtBy(history: History, landings: readonly Landing[]): Map<CommitId, Brought | null> {
  const brought = new Map<CommitId, Brought | null>();
  const mark = (from: CommitId, value: Brought | null): void => {
    const waiting = [from];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const node = history.get(id);
      if (node === undefined || brought.has(id)) continue;
      brought.set(id, value);
      waiting.push(...node.parents);
    }
  };
  for (const landing of oldestFirst(history, landings)) {
    mark(landing.old, null);
    for (const { agent, commit } of landing.agents) mark(commit, { landing, agent });
    mark(landing.new, { landing, agent: null });
    for (const { agent, tip } of landing.agents) mark(tip, { landing, agent });
  }
  return brought;
}

/**
 * The agents whose work a commit is by the record of its landing: the commits that the landing made of their branches, and
 * those that it made them from. What a merge brought along may be anybody's.
 */
export function landedAs(commit: CommitId, brought: Brought | null | undefined): AgentId[] {
  if (brought == null) return [];
  const { landing, agent } = brought;
  const made = landing.agents.filter((landed) => landed.commit === commit).map((landed) => landed.agent);
  return made.length > 0 ? made : agent !== null && MADE_ANEW.has(landing.strategy) ? [agent] : [];
}

const MADE_ANEW: ReadonlySet<Landing['strategy']> = new Set(['squash', 'rebase', 'found']);

/**
 * Commit → more parents, by which a line is followed to whoever wrote it: through a commit that takes a movement of the target
 * back to what was there before it, and through a squash to the branches that it was made of.
 */
export function hiddenParents(history: History, landings: ReadonlyMap<string, Landing>, undos: ReadonlyMap<string, Undo>): Map<CommitId, CommitId[]> {
  const more = new Map<CommitId, CommitId[]>();
  const add = (commit: CommitId, parent: CommitId): void => {
    if (parent !== commit && history.has(commit)) more.set(commit, [...(more.get(commit) ?? []), parent]);
  };
  for (const { how, undoes, new: commit } of undos.values()) {
    const before = (landings.get(undoes) ?? undos.get(undoes))?.old;
    if (how === 'reverted' && before !== undefined) add(commit, before);
  }
  for (const landing of landings.values()) for (const landed of landing.agents) if (isSquash(history, landing, landed)) add(landed.commit, landed.tip);
  return more;
}

function isSquash(history: History, { strategy }: Landing, { commit, tip }: LandedAgent): boolean {
  return (strategy === 'squash' || strategy === 'found') && history.has(tip) && history.get(commit)?.parents.length === 1;
}

/** The landings whose commit the history has, each before those that came on top of it. */
function oldestFirst(history: History, landings: readonly Landing[]): Landing[] {
  const place = new Map([...history.keys()].map((id, index) => [id, index]));
  const placed = landings.flatMap((landing) => ({ landing, at: place.get(landing.new) ?? -1 })).filter(({ at }) => at >= 0);
  return placed.sort((a, b) => b.at - a.at).map(({ landing }) => landing);
}
