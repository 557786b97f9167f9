import type { AgentId, CommitId } from '../core/ids.ts';
import { landingsOf, undoOf } from '../core/undo.ts';
import { moreSettings, type Git } from '../git/git.ts';
import { keepTouched, readTouched, readTouchedBasis, writeTouched, writeTouchedBasis } from '../state/touched.ts';
import type { Workspace } from './workspace.ts';

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
  await Promise.all(stale.map(async ({ agent, tip, landed }) => replaceIfOther(workspace, agent, await unlandedPaths(git, targetTip, tip, landed))));
  keepTouched(layout, new Set(tips.keys()));
  writeTouchedBasis(layout, basis);
}

/** What the branch changes against the target, without what a squash of it has brought there already. */
async function unlandedPaths(git: Git, target: CommitId, tip: CommitId, landed: CommitId | null): Promise<string[]> {
  const changed = (await changedSince(git, target, tip)) ?? [];
  const since = landed === null || changed.length === 0 ? null : await changedSince(git, landed, tip);
  return since === null ? changed : changed.filter((path) => since.includes(path));
}

/** Quoted paths that differ between `tip` and where it left `from`; against `from` itself where they share no history. Null where one is gone. */
async function changedSince(git: Git, from: CommitId, tip: CommitId): Promise<string[] | null> {
  const diff = (range: readonly string[]): Promise<{ exitCode: number; stdout: Buffer }> =>
    git.run(['diff', '--name-only', '--no-renames', '--no-ext-diff', ...range], { accept: [0, 128] });
  const shared = await diff([`${from}...${tip}`]);
  const { exitCode, stdout } = shared.exitCode === 0 ? shared : await diff([from, tip]);
  return exitCode !== 0 ? null : stdout.toString('utf8').split('\n').filter((line) => line !== '');
}

function replaceIfOther({ layout }: Workspace, agent: AgentId, paths: readonly string[]): void {
  if (readTouched(layout, agent)?.join('\n') !== paths.join('\n')) writeTouched(layout, agent, paths);
}

function sameBasis(a: ReadonlyMap<AgentId, string>, b: ReadonlyMap<AgentId, string>): boolean {
  return a.size === b.size && [...a].every(([agent, basis]) => b.get(agent) === basis);
}

