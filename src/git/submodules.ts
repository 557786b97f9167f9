import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommitId, RepoPath } from '../core/ids.ts';
import type { SubmoduleTrouble } from '../core/submodule-trouble.ts';
import type { TreeChange } from './diff.ts';
import type { Git } from './git.ts';
import { onDisk } from './on-disk.ts';
import { resolveCommit } from './refs.ts';

const GITLINK = '160000';

export interface SubmoduleInTheWay {
  readonly path: RepoPath;
  readonly trouble: SubmoduleTrouble;
}

/** The populated submodules of a worktree that cannot follow these changes, each with the reason. `changed` are the paths that git calls changed there. */
export async function submodulesInTheWay(git: Git, worktree: string, changes: readonly TreeChange[], changed: ReadonlySet<string>): Promise<SubmoduleInTheWay[]> {
  const found: SubmoduleInTheWay[] = [];
  for (const change of populated(worktree, changes)) {
    const trouble = await troubleOf(insideOf(git, worktree, change.path), change, changed.has(change.path));
    if (trouble !== null) found.push({ path: change.path, trouble });
  }
  return found;
}

/** Checks populated submodules out at the commit that the changes record for them, after or before. */
export async function checkOutSubmodules(git: Git, worktree: string, changes: readonly TreeChange[], side: 'old' | 'new'): Promise<void> {
  for (const change of populated(worktree, changes).filter(isMove)) {
    const inside = insideOf(git, worktree, change.path);
    const commit = side === 'new' ? change.newBlob : change.oldBlob;
    await inside.run(['checkout', '--quiet', '--detach', '--no-recurse-submodules', commit, '--']);
  }
}

async function troubleOf(inside: Git, change: TreeChange, changed: boolean): Promise<SubmoduleTrouble | null> {
  if (!isMove(change)) return { kind: 'removed' };
  if (changed || (await resolveCommit(inside, 'HEAD')) !== change.oldBlob as string) return { kind: 'changed' };
  if ((await inside.run(['symbolic-ref', '--quiet', 'HEAD'], { accept: [0, 1] })).exitCode === 0) return { kind: 'on-branch' };
  const commit = change.newBlob as string as CommitId;
  return (await resolveCommit(inside, commit)) === null ? { kind: 'commit-missing', commit } : null;
}

function isMove(change: TreeChange): boolean {
  return change.oldMode === GITLINK && change.newMode === GITLINK;
}

function populated(worktree: string, changes: readonly TreeChange[]): TreeChange[] {
  return changes.filter((change) => change.oldMode === GITLINK && existsSync(onDisk(worktree, `${change.path}/.git`)));
}

function insideOf(git: Git, worktree: string, path: RepoPath): Git {
  return git.at(resolve(worktree, Buffer.from(path, 'latin1').toString('utf8')));
}
