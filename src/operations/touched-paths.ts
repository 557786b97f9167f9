import type { AgentId, CommitId, RepoPath } from '../core/ids.ts';
import { unquotePath } from '../core/quoted-path.ts';
import { landingsOf, undoOf } from '../core/undo.ts';
import { changedByMany, changedSince } from '../git/changed-paths.ts';
import { moreSettings, type Git } from '../git/git.ts';
import { keepTouched, readTouched, readTouchedBasis, writeTouched, writeTouchedBasis } from '../state/touched.ts';
import type { Workspace } from './workspace.ts';

/** From so many on, one process for all is quicker than one for each. */
const MANY = 3;

/** Brings the lists of paths that agents' unlanded branches touch up to date, for those whose branch or target moved. */
export async function refreshTouched(workspace: Workspace, tips: ReadonlyMap<AgentId, CommitId | null>, targetTip: CommitId): Promise<void> {
  const { layout, ledger, target } = workspace;
  const known = readTouchedBasis(layout);
  const basis = new Map<AgentId, string>();
  const stale: { agent: AgentId; tip: CommitId; landed: CommitId | null }[] = [];
  for (const [agent, tip] of tips) {
    const landed = landingsOf(ledger, agent, target).filter(({ id }) => undoOf(ledger, id) === undefined).at(-1)?.agents.find((entry) => entry.agent === agent)?.tip ?? null;
    basis.set(agent, [tip, targetTip, landed].join(' '));
    if (tip === null || tip === landed) replaceIfOther(workspace, agent, []);
    else if (known.get(agent) !== basis.get(agent) || readTouched(layout, agent) === null) stale.push({ agent, tip, landed });
  }
  if (stale.length === 0 && sameBasis(known, basis)) return;
  const git = workspace.git.with(moreSettings([['core.quotePath', 'true']]));
  const changed = stale.length < MANY ? new Map<CommitId, string[]>() : await changedByMany(git, targetTip, stale.map(({ tip }) => tip));
  await Promise.all(stale.map(async ({ agent, tip, landed }) =>
    replaceIfOther(workspace, agent, await unlandedPaths(git, changed.get(tip) ?? await changedSince(git, targetTip, tip) ?? [], tip, landed))));
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

function replaceIfOther({ layout }: Workspace, agent: AgentId, paths: readonly string[]): void {
  if (readTouched(layout, agent)?.join('\n') !== paths.join('\n')) writeTouched(layout, agent, paths);
}

function sameBasis(a: ReadonlyMap<AgentId, string>, b: ReadonlyMap<AgentId, string>): boolean {
  return a.size === b.size && [...a].every(([agent, basis]) => b.get(agent) === basis);
}

