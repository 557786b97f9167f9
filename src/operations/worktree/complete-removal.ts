import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { branchRef } from '../../core/ids.ts';
import { escapeText } from '../../core/text.ts';
import { changeRefs, type RefChange } from '../../git/refs.ts';
import { removeWorktree } from '../../git/worktree-commands.ts';
import { failpoint } from '../../process/failpoint.ts';
import { lstatIfThere, moveAny, movePath } from '../../state/file-tree.ts';
import { clearIntent, type RemoveIntent } from '../../state/intents.ts';
import { trashFiles, trashRef } from '../../state/trash.ts';
import { warn } from '../context.ts';
import type { Workspace } from '../workspace.ts';
import { forgetAgent } from './forget.ts';

/**
 * Carries a removal to its end from wherever it stands; each step is safe to repeat. Before the folder was renamed
 * nothing was removed yet, and the intent is only dropped: the worktree may have been used since.
 */
export async function completeRemoval(workspace: Workspace, intent: RemoveIntent): Promise<boolean> {
  const { layout, repo } = workspace;
  if (lstatIfThere(intent.path) !== null && lstatIfThere(intent.aside) === null) {
    clearIntent(layout, intent);
    return false;
  }
  for (const path of intent.keep) if (existsSync(intent.aside)) movePath(intent.aside, trashFiles(layout, intent.trash), path);
  keepSubmodules(workspace, intent);
  failpoint('ignored-kept');
  const registered = intent.gitDir !== null && existsSync(intent.gitDir) && repo.worktrees.some((worktree) => worktree.path === intent.path);
  if (registered) await removeWorktree(workspace.git, intent.path);
  failpoint('worktree-forgotten');
  const branchDeleted = await deleteBranch(workspace, intent);
  failpoint('branch-deleted');
  forgetAgent(workspace, intent.agent, intent.branch, intent.tip);
  workspace.journal.append({ kind: 'trashed', id: intent.trash, agent: intent.agent, what: `worktree ${intent.path}` });
  failpoint('removal-recorded');
  deleteAside(workspace, intent.aside);
  failpoint('aside-deleted');
  clearIntent(layout, intent);
  return branchDeleted;
}

/** Read-only folders (a module cache) or another user's files (a container's) can be in it. */
function deleteAside({ context }: Workspace, aside: string): void {
  try {
    rmSync(aside, { recursive: true, force: true });
  } catch (error) {
    warn(context, `not everything in ${escapeText(aside)} could be deleted: ${error instanceof Error ? error.message : String(error)}`, 'nothing needs it any more: delete it by hand');
  }
}

/** Submodules of a linked worktree keep their repositories in its git directory. */
function keepSubmodules({ layout }: Workspace, intent: RemoveIntent): void {
  if (intent.gitDir === null) return;
  const modules = join(intent.gitDir, 'modules');
  const kept = join(layout.trash, intent.trash, 'modules');
  if (existsSync(modules) && !existsSync(kept)) moveAny(modules, kept);
}

/** In one transaction with the ref that keeps the tip; a branch that has moved since stays. */
async function deleteBranch({ git }: Workspace, intent: RemoveIntent): Promise<boolean> {
  if (!intent.deleteBranch || intent.tip === null) return false;
  const changes: RefChange[] = [
    { ref: trashRef(intent.trash, 'branch'), from: 'any', to: intent.tip },
    { ref: branchRef(intent.branch), from: intent.tip, to: null },
  ];
  return changeRefs(git, changes, `aiteam: ${intent.agent} removed`);
}
