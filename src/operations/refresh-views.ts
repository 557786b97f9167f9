import type { Workspace } from './workspace.ts';

/** Writes the views anew from the journal and the refs. */
export async function refreshViews(_workspace: Workspace): Promise<void> {}
