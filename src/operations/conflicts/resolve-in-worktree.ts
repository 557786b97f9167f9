import { readFileSync, writeFileSync } from 'node:fs';
import { relabelConflicts } from '../../core/conflict-markers.ts';
import { refusal } from '../../core/errors.ts';
import { branchRef, type AgentId, type CommitId, type RepoPath } from '../../core/ids.ts';
import { bytesOf, plural, showPath } from '../../core/text.ts';
import { requireSignature } from '../../git/signature.ts';
import type { Checkout } from '../../git/worktrees.ts';
import { treeChanges } from '../../git/diff.ts';
import type { Git } from '../../git/git.ts';
import { mergeTree } from '../../git/merge-tree.ts';
import { lstatIfThere, onDisk } from '../../git/on-disk.ts';
import { pathsInTheWay } from '../../git/paths-in-the-way.ts';
import { resolveCommit } from '../../git/refs.ts';
import { asIf } from '../../git/replaced.ts';
import { changedPaths, operationUnderWay } from '../../git/worktree-state.ts';
import { requireAgent, worktreeOf } from '../agents.ts';
import type { Context } from '../context.ts';
import { findConflict } from './list.ts';
import { needsDriver } from './needs-driver.ts';
import { integrateCommand } from '../integrate/into.ts';
import { mergePoint } from '../integrate/merge-point.ts';
import { takeSnapshot } from '../integrate/snapshot.ts';
import { openMergeRoom } from '../merge-room.ts';
import type { Workspace } from '../workspace.ts';

export interface ResolutionStarted {
  readonly id: string;
  readonly agent: AgentId;
  readonly target: string;
  /** What lands the branch there, once it is settled. */
  readonly landsBy: string;
  readonly worktree: string;
  /** The paths to settle; every conflict of the branch, not only the one named. */
  readonly paths: readonly RepoPath[];
  /** Those of them in which git left no markers: deleted on one side, no text, a link. */
  readonly unmarked: readonly RepoPath[];
}

/**
 * Starts a resolution: merges the target into the agent's own worktree, counted as `integrate` counts, which stops with
 * diff3 markers named after both sides. Errors: `conflict-over`, `needs-driver`, `worktree-missing`, `worktree-elsewhere`, `worktree-busy`, `worktree-dirty`, `no-identity`.
 */
export async function startResolution(context: Context, id: string): Promise<ResolutionStarted> {
  const { workspace, entry } = await findConflict(context, id);
  const { conflict } = entry;
  await requireSignature(workspace.git);
  const { target } = entry;
  const again = integrateCommand(workspace, target);
  const place = quietWorktree(workspace, conflict.agent);
  if (entry.state !== 'open' && entry.state !== 'settled') {
    throw refusal('conflict-over', `conflict ${conflict.id} is over: merging ${conflict.agent}'s branch does not stop there any more`, again);
  }
  const changed = (await changedPaths(workspace.git, place.worktree, false)).length;
  if (changed > 0) {
    throw refusal('worktree-dirty', `${conflict.agent}'s worktree has ${plural(changed, 'uncommitted file')}`, `commit them first: git -C ${place.worktree} commit -a`);
  }
  const snapshot = await takeSnapshot(workspace, target);
  const tip = snapshot?.agents.find(({ agent }) => agent === conflict.agent)?.tip ?? null;
  if (snapshot === null || tip === null) throw refusal('conflict-over', `${snapshot === null ? target : `${conflict.agent}'s branch`} is gone`, 'aiteam conflicts list');
  const onto = snapshot.targetTip;
  const counted = await mergePoint(workspace.git, onto, snapshot.bases.get(conflict.agent));
  const room = await openMergeRoom(workspace, tip);
  const predicted = await mergeTree(room, tip, counted, { allowUnrelated: true });
  if (predicted.kind === 'needs-driver') throw needsDriver(predicted.uses.map(({ driver }) => driver), conflict.agent);
  if (predicted.kind !== 'conflicted') {
    throw refusal('conflict-over', `${target} merges cleanly into ${conflict.agent}'s branch now`, again);
  }
  const inTheWay = await pathsInTheWay(workspace.git, place, await treeChanges(workspace.git, tip, predicted.tree));
  if (inTheWay.length > 0) {
    throw refusal('in-the-way', `merging would overwrite files in ${conflict.agent}'s worktree that git does not keep: ${inTheWay.map(showPath).join(', ')}`, `move them away in ${place.worktree}, then: aiteam conflicts resolve ${conflict.id}`);
  }
  await asIf(workspace.git, `refs/aiteam/as-if/${conflict.agent}/`, onto, counted, (git) => mergeBranch(git, place.worktree, target, onto));
  const paths = [...new Set(predicted.stages.map((stage) => stage.path))];
  const unmarked = paths.filter((path) => !relabel(place.worktree, path, conflict.agent, target));
  return { id: conflict.id, agent: conflict.agent, target, landsBy: again, worktree: place.worktree, paths, unmarked };
}

function quietWorktree(workspace: Workspace, agent: AgentId): Checkout & { branch: string } {
  const record = requireAgent(workspace.ledger, agent);
  const worktree = worktreeOf(workspace, record);
  if (worktree === undefined || worktree.gitDir === null || worktree.prunable) {
    throw refusal('worktree-missing', `${agent} has no worktree to resolve in`, `aiteam worktree add ${agent}`);
  }
  const underWay = operationUnderWay(worktree.gitDir);
  if (underWay !== null) {
    throw refusal('worktree-busy', `${agent}'s worktree is in the middle of ${underWay}`, `finish it there: cd ${worktree.path} && git status`);
  }
  if (worktree.branch !== record.branch) {
    throw refusal('worktree-elsewhere', `${agent}'s worktree is on ${worktree.branch ?? 'no branch'}, not on ${record.branch}`, `git -C ${worktree.path} switch ${record.branch}`);
  }
  return { worktree: worktree.path, gitDir: worktree.gitDir, branch: record.branch };
}

/** Git's own merge, so that it is git's to go on with or to abort: it stops with the index and the markers that every tool knows. */
async function mergeBranch(git: Git, worktree: string, branch: string, tip: CommitId): Promise<void> {
  // A tag may have the same name, and a branch may move: what was predicted is what is merged.
  const names = await Promise.all([branch, branchRef(branch)].map(async (name) => ((await resolveCommit(git, name)) === tip ? name : null)));
  const name = names.find((found) => found !== null) ?? tip;
  await git.at(worktree).run(['-c', 'merge.conflictStyle=diff3', 'merge', '--no-ff', '--no-edit', '--no-rerere-autoupdate', '--allow-unrelated-histories', name], { accept: [0, 1] });
}

/** Git calls the branch that it merges into HEAD; people and agents know it by name. False where the file has no markers. */
function relabel(worktree: string, path: RepoPath, agent: AgentId, target: string): boolean {
  const file = onDisk(worktree, path);
  // A link is not followed: it may lead to a file that is no part of the merge.
  if (lstatIfThere(worktree, path)?.isFile() !== true) return false;
  const text = readFileSync(file, 'latin1');
  const named = relabelConflicts(text, agent, bytesOf(target));
  if (named === text) return false;
  writeFileSync(file, named, 'latin1');
  return true;
}
