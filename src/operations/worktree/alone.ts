import { withMutex } from '../../state/mutex.ts';
import { doing } from '../context.ts';
import { reread, type Workspace } from '../workspace.ts';
import { recoverWorktrees } from './recover.ts';

const WAIT_MS = 10 * 60_000;

/**
 * Runs `work` while no other command of ours adds or removes worktrees, with the workspace read afresh and what killed
 * commands left put in order. Errors: `busy` after ten minutes.
 */
export async function aloneWithWorktrees<T>(workspace: Workspace, command: string, work: (fresh: Workspace) => Promise<T>): Promise<T> {
  const onWait = (holder: { pid: number; command: string }): void => doing(workspace.context, `waiting for process ${holder.pid} (${holder.command})`);
  return withMutex(workspace.git, 'worktrees', { command, waitMs: WAIT_MS, onWait }, async () => {
    await recoverWorktrees(workspace);
    return work(await reread(workspace));
  });
}
