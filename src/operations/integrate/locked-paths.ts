import type { AgentId, CommitId, RepoPath } from '../../core/ids.ts';
import type { Lock } from '../../core/locks.ts';
import { matchingChanges } from '../../git/matching-paths.ts';
import { seeLocks } from '../live-locks.ts';
import type { Workspace } from '../workspace.ts';
import type { Stack } from './stack.ts';

/** A lock that a branch does not respect, and the paths that it has changed there. */
export interface BrokenLock {
  readonly lock: Lock;
  readonly paths: readonly RepoPath[];
}

/** The stacked branches that change what another holder has locked, as after a commit without hooks. */
export async function lockedOut(workspace: Workspace, stack: Stack): Promise<Map<AgentId, readonly BrokenLock[]>> {
  const out = new Map<AgentId, readonly BrokenLock[]>();
  const locks = await seeLocks(workspace);
  const touched = await matchingChanges(workspace.git, stack.base, stack.top, locks.map(({ pattern }) => pattern));
  if (touched.length === 0) return out;
  let below = stack.base;
  for (const landed of stack.landed) {
    const broken = await brokenBy(workspace, locks.filter(({ holder }) => holder !== landed.agent), { from: below, to: landed.commit });
    below = landed.commit;
    if (broken.length > 0) out.set(landed.agent, broken);
  }
  return out;
}

async function brokenBy({ git }: Workspace, locks: readonly Lock[], { from, to }: { from: CommitId; to: CommitId }): Promise<BrokenLock[]> {
  const found = await Promise.all(locks.map(async (lock) => ({ lock, paths: await matchingChanges(git, from, to, [lock.pattern]) })));
  return found.filter(({ paths }) => paths.length > 0);
}
