import type { AgentId, CommitId } from '../../core/ids.ts';
import { ownCommit } from '../../git/commits.ts';
import type { Git } from '../../git/git.ts';
import { emptyTree } from '../../git/objects.ts';
import { changeRefs, listRefs, resolveCommit, type RefChange } from '../../git/refs.ts';
import { commitsOnlyHere } from '../../git/reflogs.ts';
import { dropTrashEntry, newTrashId, trashRef, writeTrashEntry } from '../../state/trash.ts';
import type { Workspace } from '../workspace.ts';

export interface Place {
  readonly agent: AgentId;
  readonly path: string;
  readonly branch: string;
  readonly gitDir: string;
}

/** What a worktree's own refs and reflogs alone still reach. */
export interface OnlyHere {
  /** Its HEAD where that is detached and nothing else reaches it. */
  readonly head: CommitId | null;
  /** One commit that reaches all the others, or null where there are none. */
  readonly others: CommitId | null;
}

/** Finds what would be lost with a worktree's git directory, and with its branch's reflog where `branch` is named. */
export async function onlyHere({ git, repo }: Workspace, gitDir: string, branch: string | null, kept: readonly CommitId[]): Promise<OnlyHere> {
  const head = await detachedHead(git, gitDir);
  const commits = await commitsOnlyHere(git, repo.commonDir, gitDir, branch, kept);
  const others = commits.filter((commit) => commit !== head);
  return { head: head !== null && commits.includes(head) ? head : null, others: await oneCommit(git, others) };
}

/** Keeps under `refs/aiteam/trash/` what would be lost when git forgets a worktree whose folder is gone. Answers with the entry's id, or null where nothing would. */
export async function pinBeforeForgetting(workspace: Workspace, place: Place): Promise<string | null> {
  const { git, layout, journal } = workspace;
  const { head, others } = await onlyHere(workspace, place.gitDir, null, []);
  if (head === null && others === null) return null;
  const at = Date.now();
  const id = newTrashId(layout, place.agent, at);
  writeTrashEntry(layout, { id, at, agent: place.agent, what: 'worktree', branch: place.branch, tip: null, worktree: place.path, files: [] });
  await changeRefs(git, pins(id, { head, others }), `aiteam: ${place.agent}'s worktree forgotten`);
  journal.append({ kind: 'trashed', id, agent: place.agent, what: `commits of the worktree ${place.path}` });
  return id;
}

/** The refs that keep these commits. */
export function pins(id: string, kept: Readonly<Record<string, CommitId | null>>): RefChange[] {
  return Object.entries(kept).flatMap(([name, to]) => (to === null ? [] : [{ ref: trashRef(id, name), from: null, to }]));
}

/** Removes a trash entry for good: its refs in one transaction, then its files. */
export async function dropTrash({ git, layout }: Pick<Workspace, 'git' | 'layout'>, id: string): Promise<void> {
  const refs = await listRefs(git, trashRef(id));
  if (refs.length > 0) await changeRefs(git, refs.map((ref) => ({ ref: ref.name, from: ref.id, to: null })), 'aiteam: trash emptied');
  dropTrashEntry(layout, id);
}

async function detachedHead(git: Git, gitDir: string): Promise<CommitId | null> {
  const room = git.with({ GIT_DIR: gitDir });
  const branch = await room.run(['symbolic-ref', '--quiet', 'HEAD'], { accept: [0, 1, 128] });
  return branch.exitCode === 1 ? resolveCommit(room, 'HEAD') : null;
}

/** A ref holds one commit: several become the parents of one that says nothing else. */
async function oneCommit(git: Git, commits: readonly CommitId[]): Promise<CommitId | null> {
  const [only, ...more] = commits;
  if (only === undefined || more.length === 0) return only ?? null;
  return ownCommit(git, { tree: await emptyTree(git), parents: commits, message: 'aiteam: commits that only a removed worktree\'s reflog reached' });
}
