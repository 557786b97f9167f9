import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../state/atomic-file.ts';
import { refreshFailureFile, refreshFile } from '../state/refresh-file.ts';
import type { Context } from './context.ts';
import { renewChain } from './install-hooks.ts';
import { refreshViews } from './refresh-views.ts';
import { settle } from './settle.ts';
import { openWorkspace } from './open-workspace.ts';

/** Brings everything that follows from commits up to date: what hooks missed, the views, and where the hooks look on. */
export async function refresh(context: Context, moves: 'complete' | 'leave' = 'complete'): Promise<void> {
  const workspace = await openWorkspace(context, moves);
  rmSync(refreshFailureFile(workspace.layout.root), { force: true });
  await renewChain(workspace.repo, workspace.layout);
  await refreshViews(await settle(workspace));
}

/** The same, as hooks start it: in the common git directory, with nobody to tell what went wrong. */
export async function refreshInBackground(context: Context): Promise<void> {
  const state = join(context.cwd, 'aiteam');
  // First: a commit from now on starts a refresh of its own, which sees what this one may miss.
  rmSync(refreshFile(state), { force: true });
  const report = refreshFailureFile(state);
  try {
    // Whoever completes a killed landing or sync has something to say, and here nobody reads it.
    await refresh({ ...context, narrate: () => undefined, confirm: null }, 'leave');
  } catch (error) {
    if (existsSync(state)) replaceFile(report, `${new Date().toISOString()} ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
