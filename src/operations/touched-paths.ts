import type { AgentId, CommitId, RepoPath } from '../core/ids.ts';
import { unquotePath } from '../core/quoted-path.ts';
import { landingsOf, undoOf } from '../core/undo.ts';
import { changedByMany, changedSince } from '../git/changed-paths.ts';
import { moreSettings, type Git } from '../git/git.ts';
import { keepTouched, readTouched, readTouchedBasis, writeTouched, writeTouchedBasis } from '../state/touched.ts';
import { shortHash } from './short-hash.ts';
import type { Workspace } from './workspace.ts';

/** From so many on, one process for all is quicker than one for each. */
const MANY = 3;

/** Brings the lists of paths that agents' unlanded branches touch up to date, for those whose branch or target moved. */
export async function refreshTouched(workspace: Workspace, tips: ReadonlyMap<AgentId, CommitId | null>, targetTip: CommitId): Promise<void> {
  const { layout, ledger, target } = workspace;
  const known = readTouchedBasis(layout);
  const basis = new Map<AgentId, string>();
  const stale: { agent: AgentId; tip: CommitId; landed: CommitId | null; from: string }[] = [];
  for (const [agent, tip] of tips) {
    const landed = landingsOf(ledger, agent, target).filter(({ id }) => undoOf(ledger, id) === undefined).at(-1)?.agents.find((entry) => entry.agent === agent)?.tip ?? null;
    const from = [tip, targetTip, landed].join(' ');
    const list = readTouched(layout, agent);
    if (tip === null || tip === landed) basis.set(agent, madeFrom(from, replaceIfOther(workspace, agent, [])));
    // A hook has written to the list of a commit that is gone again.
    else if (list === null || known.get(agent) !== madeFrom(from, list)) stale.push({ agent, tip, landed, from });
    else basis.set(agent, madeFrom(from, list));
  }
  if (stale.length === 0 && sameBasis(known, basis)) return;
  const git = workspace.git.with(moreSettings([['core.quotePath', 'true']]));
  const changed = stale.length < MANY ? new Map<CommitId, string[]>() : await changedByMany(git, targetTip, stale.map(({ tip }) => tip));
  await Promise.all(stale.map(async ({ agent, tip, landed, from }) => {
    const paths = await unlandedPaths(git, changed.get(tip) ?? await changedSince(git, targetTip, tip) ?? [], tip, landed);
    basis.set(agent, madeFrom(from, replaceIfOther(workspace, agent, paths)));
  }));
  keepTouched(layout, new Set(tips.keys()));
  writeTouchedBasis(layout, basis);
}

/** The paths that an agent's unlanded branch touches, by the list that was made last. */
export function touchedPaths({ layout }: Pick<Workspace, 'layout'>, agent: AgentId): RepoPath[] {
  return (readTouched(layout, agent) ?? []).map(unquotePath);
}

/** What the branch has changed, without what a squash of it has brought there already. */
async function unlandedPaths(git: Git, changed: readonly string[], tip: CommitId, landed: CommitId | null): Promise<readonly string[]> {
  const since = landed === null || changed.length === 0 ? null : await changedSince(git, landed, tip);
  return since === null ? changed : changed.filter((path) => since.includes(path));
}

/** The list as it is now: written where it was another one. */
function replaceIfOther({ layout }: Workspace, agent: AgentId, paths: readonly string[]): readonly string[] {
  if (readTouched(layout, agent)?.join('\n') !== paths.join('\n')) writeTouched(layout, agent, paths);
  return paths;
}

/** What a list was made from, and what it was then. */
function madeFrom(from: string, list: readonly string[]): string {
  return `${from} ${shortHash(list.join('\n'))}`;
}

function sameBasis(a: ReadonlyMap<AgentId, string>, b: ReadonlyMap<AgentId, string>): boolean {
  return a.size === b.size && [...a].every(([agent, basis]) => b.get(agent) === basis);
}

