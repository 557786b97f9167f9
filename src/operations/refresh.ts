import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../state/atomic-file.ts';
import { readIntents } from '../state/intents.ts';
import { layoutOf, type Layout } from '../state/layout.ts';
import { refreshFailureFile, refreshFile } from '../state/refresh-file.ts';
import type { Context } from './context.ts';
import { renewChain } from './install-hooks.ts';
import { readIntent } from './integrate/intent.ts';
import { refreshViews } from './refresh-views.ts';
import { settle } from './settle.ts';
import { openWorkspace } from './workspace.ts';

/** Brings everything that follows from commits up to date: what hooks missed, the views, and where the hooks look on. */
export async function refresh(context: Context): Promise<void> {
  const workspace = await openWorkspace(context);
  rmSync(refreshFailureFile(workspace.layout.root), { force: true });
  await renewChain(workspace.repo, workspace.layout);
  await refreshViews(await settle(workspace));
}

function isLeftOver(layout: Layout): boolean {
  return readIntent(layout) !== null || readIntents(layout).some(({ kind }) => kind === 'sync');
}

/** The same, as hooks start it: in the common git directory, with nobody to tell what went wrong. */
export async function refreshInBackground(context: Context): Promise<void> {
  const state = join(context.cwd, 'aiteam');
  // First: a commit from now on starts a refresh of its own, which sees what this one may miss.
  rmSync(refreshFile(state), { force: true });
  const report = refreshFailureFile(state);
  try {
    // Whoever completes what a killed command left has something to say, and here nobody reads it.
    if (isLeftOver(layoutOf(context.cwd, null))) return;
    await refresh({ ...context, narrate: () => undefined, confirm: null });
  } catch (error) {
    if (existsSync(state)) replaceFile(report, `${new Date().toISOString()} ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
