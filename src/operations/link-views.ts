import { readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { lstatIfThere } from '../state/file-tree.ts';
import { VIEWS_FOLDER, type Layout } from '../state/layout.ts';
import type { Unconfigured } from './workspace.ts';

/** Whether a worktree has its link to the views. */
export function isLinkedToViews({ views }: Layout, worktree: string): boolean {
  const link = join(worktree, VIEWS_FOLDER);
  return lstatIfThere(link)?.isSymbolicLink() === true && readlinkSync(link) === relative(worktree, views);
}

/**
 * Gives a worktree its link to the views: a relative one, so that repository and worktrees can be moved together. What
 * the branch itself has there stays, as does anything that is no link; the answer is then false.
 */
export async function linkViews({ git, layout }: Pick<Unconfigured, 'git' | 'layout'>, worktree: string): Promise<boolean> {
  if (isLinkedToViews(layout, worktree)) return true;
  const link = join(worktree, VIEWS_FOLDER);
  const there = lstatIfThere(link);
  if (there !== null) {
    if (!there.isSymbolicLink() || (await git.text(['ls-files', '--', VIEWS_FOLDER], { cwd: worktree })) !== '') return false;
    rmSync(link);
  }
  symlinkSync(relative(worktree, layout.views), link);
  return true;
}
