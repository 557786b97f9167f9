import type { Candidate } from '../../core/candidates.ts';
import { disjointPrefix } from '../../core/disjoint.ts';
import type { LandedAgent } from '../../core/events.ts';
import type { CommitId } from '../../core/ids.ts';
import { decidesMerges } from '../../git/attributes-folder.ts';
import { manyTreeChanges } from '../../git/diff.ts';
import { importMerges } from '../../git/fast-import.ts';
import { cleanMerges } from '../../git/merge-batch.ts';
import { treeOf } from '../../git/objects.ts';
import { mergeMessage } from './landing-message.ts';
import type { StackInput } from './stack-input.ts';

/** Below this many branches a process for each merge is as quick. */
const WORTH_IT = 3;

/**
 * Stacks as many candidates, from the first on, as touch paths of their own, in a handful of processes: their merges onto
 * the base are laid over one another, and then each commit's tree is derived again from its parents. Where git derives
 * another tree, nothing is taken: the caller merges one after another.
 */
export async function stackDisjoint(input: StackInput): Promise<readonly LandedAgent[]> {
  const { room, base, candidates, bases } = input;
  const onlyMerges = input.strategy === 'merge' && !input.sign && input.signoff === null;
  const usual = onlyMerges ? candidates.slice(0, firstIndex(candidates, ({ agent }) => bases.has(agent))) : [];
  if (usual.length < WORTH_IT) return [];

  const [merged, baseTree] = await Promise.all([cleanMerges(room, usual.map(({ tip }) => [base, tip])), treeOf(room, base)]);
  const changes = await manyTreeChanges(room, merged.map((tree) => [baseTree, tree]));
  // From a branch that brings other attributes on, each is merged by what lies below it.
  const count = disjointPrefix(changes.slice(0, firstIndex(changes, (own) => own.some(({ path }) => decidesMerges(path)))));
  if (count < WORTH_IT) return [];

  const taken = usual.slice(0, count);
  const merges = taken.map((candidate, index) => ({ tip: candidate.tip, message: mergeMessage(candidate, input.target), changes: changes[index] ?? [] }));
  const commits = await importMerges(room, input.signature, input.workspace.layout.cleanRoom, base, merges);
  if (!(await areDerived(input, commits, taken))) return [];
  return taken.map(({ agent, branch, tip }, index) => ({ agent, branch, tip, commit: commits[index] ?? base }));
}

/** Whether git makes each commit's tree of its two parents. */
async function areDerived({ room, base }: StackInput, commits: readonly CommitId[], taken: readonly Candidate[]): Promise<boolean> {
  const [derived, trees] = await Promise.all([
    cleanMerges(room, taken.map(({ tip }, index) => [commits[index - 1] ?? base, tip])),
    room.text(['rev-parse', ...commits.map((commit) => `${commit}^{tree}`)]),
  ]);
  return derived.length === commits.length && derived.join('\n') === trees;
}

function firstIndex<T>(list: readonly T[], test: (item: T) => boolean): number {
  const index = list.findIndex(test);
  return index < 0 ? list.length : index;
}
