import type { CommitId } from '../core/ids.ts';
import { ownCommit, mergeBase } from './commits.ts';
import type { Git } from './git.ts';
import { treeOf } from './objects.ts';

/** A commit that a branch has and the target has not. */
export interface MissingCommit {
  readonly id: CommitId;
  readonly subject: string;
  readonly merge: boolean;
  /** A commit of the target makes the same change (patch-id). */
  readonly equal: boolean;
}

/** The commits reachable from `tip` and from none of `without`, newest first, with what the target has that is equal to them. */
export async function missingCommits(git: Git, target: CommitId, tip: CommitId, without: readonly CommitId[]): Promise<MissingCommit[]> {
  const revisions = [tip, `^${target}`, ...without.map((id) => `^${id}`)].join('\n');
  const out = await git.text(['log', '-z', '--no-show-signature', '--format=%H%x09%P%x09%s', '--stdin'], { input: `${revisions}\n` });
  const listed = out.split('\0').filter((line) => line !== '').map((line) => line.split('\t'));
  if (listed.length === 0) return [];
  const equal = await equalCommits(git, target, tip);
  return listed.map(([id = '', parents = '', ...subject]) => ({
    id: id as CommitId, subject: subject.join('\t'), merge: parents.includes(' '), equal: equal.has(id),
  }));
}

/** What all the changes of `tip` together are on the target: the same as one commit there makes (a squash), nothing at all, or neither. */
export async function wholeChange(git: Git, target: CommitId, tip: CommitId): Promise<'squashed' | 'nothing' | 'missing'> {
  const base = await mergeBase(git, target, tip);
  if (base === null) return 'missing';
  const tree = await treeOf(git, tip);
  if (tree === await treeOf(git, base)) return 'nothing';
  const squash = await ownCommit(git, { tree, parents: [base], message: 'the branch as one commit' });
  return (await equalCommits(git, target, squash)).has(squash) ? 'squashed' : 'missing';
}

/** What has landed of a branch already: a tip of it, and the target's commit that holds it. */
export interface LandedBefore {
  readonly tip: CommitId;
  readonly holder: CommitId;
}

/**
 * The target's commit by which every commit of a branch (merges aside) has come there as another one (patch-id); null where
 * one is missing. Only what came after `before` is asked for.
 */
export async function equalOnTarget(git: Git, target: CommitId, tip: CommitId, before: LandedBefore | null): Promise<CommitId | null> {
  const own = (await git.text(['cherry', target, tip, ...(before === null ? [] : [before.tip])])).split('\n').filter((line) => line !== '');
  if (own.length === 0 || own.some((line) => line.startsWith('+'))) return null;
  return lastEqual(git, target, tip, before);
}

/** The target's commit that makes the whole change of a branch, or of what it is on top of `before` (patch-id); null where there is none. */
export async function squashedOnTarget(git: Git, target: CommitId, tip: CommitId, before: LandedBefore | null): Promise<CommitId | null> {
  const base = before?.tip ?? await mergeBase(git, target, tip);
  if (base === null || base === tip || base === target) return null;
  const tree = await treeOf(git, tip);
  if (tree === await treeOf(git, base)) return null;
  const squash = await ownCommit(git, { tree, parents: [base], message: 'the branch as one commit' });
  return (await equalCommits(git, target, squash)).has(squash) ? lastEqual(git, target, squash, before) : null;
}

/** The newest commit of the target, between it and `tip` and after `before`, that makes a change which a commit of `tip` makes too. */
async function lastEqual(git: Git, target: CommitId, tip: CommitId, before: LandedBefore | null): Promise<CommitId | null> {
  const lines = (await git.text(['cherry', tip, target, ...(before === null ? [] : [before.holder])])).split('\n').filter((line) => line.startsWith('- '));
  return (lines.at(-1)?.slice(2) ?? null) as CommitId | null;
}

/** The commits between the target and `tip` whose change a commit of the target makes too (git-cherry(1)). */
export async function equalCommits(git: Git, target: CommitId, tip: CommitId): Promise<ReadonlySet<string>> {
  const out = await git.text(['cherry', target, tip]);
  return new Set(out.split('\n').filter((line) => line.startsWith('- ')).map((line) => line.slice(2)));
}
