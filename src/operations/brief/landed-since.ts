import { authorName, type Author } from '../../core/authorship.ts';
import type { AgentId, CommitId, RepoPath } from '../../core/ids.ts';
import { commitPaths } from '../../git/commit-paths.ts';
import { linearCommits } from '../../git/commits.ts';
import { attribution, type Attributed } from '../ownership/attribution.ts';
import type { Workspace } from '../workspace.ts';

/** More are counted, not looked into. */
const MOST_COMMITS = 300;

/** What came to the target by one landing of one author, or beside landings by one author. */
export interface LandedWork {
  readonly landing: string | null;
  readonly author: Author;
  /** When it landed, or its newest commit was made; epoch milliseconds. */
  readonly at: number;
  /** Newest first. */
  readonly commits: readonly { readonly id: CommitId; readonly subject: string }[];
  readonly paths: readonly RepoPath[];
  /** Of these the ones that the reader's branch touches, too. */
  readonly shared: readonly RepoPath[];
}

export interface LandedSince {
  readonly work: readonly LandedWork[];
  /** All commits, merges aside, those not looked into included. */
  readonly commits: number;
}

/** What the target has and a branch has not, newest first. */
export async function landedSince(workspace: Workspace, { targetTip, tip, touched }: { targetTip: CommitId; tip: CommitId; touched: ReadonlySet<RepoPath> }): Promise<LandedSince> {
  const { git } = workspace;
  const ids = (await linearCommits(git, targetTip, [tip])).toReversed();
  if (ids.length === 0) return { work: [], commits: 0 };
  const looked = ids.slice(0, MOST_COMMITS);
  const [{ of }, paths] = await Promise.all([attribution(workspace, targetTip, targetTip), commitPaths(git, looked)]);
  const made = await of(looked);
  const groups = new Map<string, LandedWork>();
  for (const id of looked) {
    const by = made.get(id);
    if (by === undefined || by.text === null) continue;
    const key = JSON.stringify([by.landing?.id ?? null, authorName(by.author)]);
    const known = groups.get(key);
    const all = [...new Set([...(known?.paths ?? []), ...(paths.get(id) ?? [])])];
    groups.set(key, {
      landing: by.landing?.id ?? null, author: by.author, at: by.landing?.at ?? Math.max(known?.at ?? 0, by.text.at),
      commits: [...(known?.commits ?? []), ...subjectsIn(by).map((subject) => ({ id, subject }))], paths: all, shared: all.filter((path) => touched.has(path)),
    });
  }
  return { work: [...groups.values()], commits: ids.length };
}

/** What a commit was made of: a squash of ours names the commits that it put together. */
function subjectsIn({ commit, landing, text }: Attributed): string[] {
  const isSquash = landing?.strategy === 'squash' && landing.agents.some((landed) => landed.commit === commit);
  const named = isSquash ? (text?.message ?? '').split('\n').filter((line) => line.startsWith('* ')).map((line) => line.slice(2)) : [];
  return named.length > 0 ? named : [text?.subject ?? ''];
}

/** Whether something is the work of this agent alone. */
export function isOwnWork({ author }: LandedWork, agent: AgentId): boolean {
  return author.kind === 'agents' && author.by.every((by) => by.agent === agent);
}
