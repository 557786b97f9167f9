import { authorOf, type Author } from '../../core/authorship.ts';
import type { JournalRecord } from '../../core/events.ts';
import type { AgentId, CommitId } from '../../core/ids.ts';
import { broughtBy, hiddenParents, landedAs, type Brought, type History } from '../../core/landed-commits.ts';
import type { Landing } from '../../core/ledger.ts';
import { undoOf } from '../../core/undo.ts';
import { reachable } from '../../core/unlanded.ts';
import { commitsBetween } from '../../git/commits.ts';
import { commitTexts, type CommitText } from '../../git/commit-texts.ts';
import { existingCommits } from '../../git/objects.ts';
import { shallowCommits } from '../../git/shallow.ts';
import { readHistory } from '../../state/journal.ts';
import type { Workspace } from '../workspace.ts';

/** A commit with who made it, and how its work came to the target. */
export interface Attributed {
  readonly commit: CommitId;
  readonly author: Author;
  /** What each of its agents was at when it made this; agents without a task are left out. */
  readonly tasks: ReadonlyMap<AgentId, string>;
  /** The landing that brought it; null where it has not landed, or came otherwise. */
  readonly landing: Landing | null;
  /** What git has of it; null where it is gone. */
  readonly text: CommitText | null;
}

/** Who made the commits of one history, and to which other parents a line is followed there. */
export interface Attribution {
  readonly parents: ReadonlyMap<CommitId, readonly CommitId[]>;
  of(commits: readonly CommitId[]): Promise<Map<CommitId, Attributed>>;
}

/** Gathers what tells who made the commits that `rev` and the target hold. */
export async function attribution(workspace: Workspace, targetTip: CommitId, rev: CommitId): Promise<Attribution> {
  const { git, repo, ledger, layout, config } = workspace;
  const history = await historyOf(workspace, [targetTip, rev]);
  const held = new Set(reachable(history, [targetTip, rev]).map(({ id }) => id));
  const landings = [...ledger.landings.values()].filter((landing) => held.has(landing.new) && undoOf(ledger, landing.id)?.how !== 'moved-back');
  const brought = broughtBy(history, landings);
  const onTarget = new Set(reachable(history, [targetTip]).map(({ id }) => id));
  const told = tellings(readHistory(layout));
  const cutOff = repo.shallow ? shallowCommits(repo.commonDir) : new Set<CommitId>();
  const hidden = hiddenParents(history, ledger.landings, ledger.undos);
  return {
    parents: new Map([...hidden].map(([id, more]) => [id, [...(history.get(id)?.parents ?? []), ...more]])),
    of: async (commits) => {
      const texts = await commitTexts(git, commits);
      return new Map(commits.map((commit): [CommitId, Attributed] => {
        const text = texts.get(commit) ?? null;
        const how = brought.get(commit);
        const author = text === null || cutOff.has(commit) ? UNKNOWN : authorOf({
          message: text.message, recorded: told.agents.get(commit) ?? null, landed: landedAs(commit, how), besideLandings: onTarget.has(commit) && how == null,
        }, config.trailer);
        return [commit, { commit, author, tasks: tasksOf(author, told, text), landing: cutOff.has(commit) ? null : landingIn(how), text }];
      }));
    },
  };
}

const UNKNOWN: Author = { kind: 'unknown' };

/** The commits since the first landing, and the tips that landed as other commits: each after what builds on it. */
async function historyOf({ git, ledger }: Workspace, tips: readonly CommitId[]): Promise<History> {
  const landings = [...ledger.landings.values()];
  const first = landings.reduce<Landing | null>((oldest, landing) => (oldest === null || landing.at < oldest.at ? landing : oldest), null);
  const landed = await existingCommits(git, landings.flatMap(({ agents }) => agents.map(({ tip }) => tip)));
  const graph = first === null ? [] : await commitsBetween(git, [...new Set([...tips, ...landed])], [first.old]);
  return new Map(graph.map((node) => [node.id, node]));
}

/** What the journal tells of commits and tasks. */
interface Tellings {
  readonly agents: ReadonlyMap<CommitId, AgentId>;
  /** What each agent was given to do, and from when on (epoch milliseconds); oldest first. */
  readonly tasks: ReadonlyMap<AgentId, readonly { readonly at: number; readonly task: string | null }[]>;
}

function tellings(records: readonly JournalRecord[]): Tellings {
  const agents = new Map<CommitId, AgentId>();
  const tasks = new Map<AgentId, { at: number; task: string | null }[]>();
  // Whose hook spoke first made it: another one may have picked it up since.
  const made = (agent: AgentId, id: CommitId): void => void (agents.has(id) || agents.set(id, agent));
  for (const record of records) {
    if (record.kind === 'commit' || record.kind === 'rewrite') made(record.agent, record.id);
    else if (record.kind === 'synced') for (const id of record.commits) made(record.agent, id);
    else if (record.kind === 'task' || record.kind === 'agent-removed') {
      tasks.set(record.agent, [...(tasks.get(record.agent) ?? []), { at: record.at, task: record.kind === 'task' ? record.task : null }]);
    }
  }
  return { agents, tasks };
}

function tasksOf(author: Author, { tasks }: Tellings, text: CommitText | null): Map<AgentId, string> {
  const found = new Map<AgentId, string>();
  if (author.kind !== 'agents' || text === null) return found;
  for (const { agent } of author.by) {
    // Git counts in seconds, and a task may have been given within the one of the commit.
    const task = tasks.get(agent)?.findLast(({ at }) => at < text.at + 1_000)?.task ?? null;
    if (task !== null) found.set(agent, task);
  }
  return found;
}

function landingIn(brought: Brought | null | undefined): Landing | null {
  return brought?.landing ?? null;
}
