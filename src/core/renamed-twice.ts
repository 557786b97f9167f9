import type { MergeMessage } from './conflict-type.ts';
import type { RepoPath } from './ids.ts';
import type { StagedVersion } from './settled-path.ts';

/** A file that both sides renamed, each to a name of its own. */
export interface RenamedTwice {
  readonly from: RepoPath;
  readonly names: { readonly target: RepoPath; readonly agent: RepoPath };
  /** The base's version at the old name; git's merge of both at either new one. */
  readonly stages: readonly StagedVersion[];
}

const TYPE = 'CONFLICT (rename/rename)';

/** The files that both sides of a merge renamed, where nothing else is in conflict at any of the three names. */
export function renamedTwice(stages: readonly StagedVersion[], messages: readonly MergeMessage[]): RenamedTwice[] {
  return messages.flatMap(({ type, paths: [from, ...to] }) => {
    if (type !== TYPE || from === undefined || to.length !== 2) return [];
    const own = stages.filter(({ path }) => path === from || to.includes(path));
    const [base, target, agent] = ([1, 2, 3] as const).map((stage) => own.find((entry) => entry.stage === stage));
    const isWhole = own.length === 3 && base?.path === from && target !== undefined && agent !== undefined && target.path !== agent.path;
    return isWhole ? [{ from, names: { target: target.path, agent: agent.path }, stages: own }] : [];
  });
}

/** The paths at which git has put its merge of a file that both sides renamed: no side's own version. */
export function mergedNames(messages: readonly MergeMessage[]): ReadonlySet<RepoPath> {
  return new Set(messages.flatMap(({ type, paths }) => (type === TYPE ? paths.slice(1) : [])));
}
