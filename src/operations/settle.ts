import { AiteamError } from '../core/errors.ts';
import { clearStaleRefresh } from '../state/refresh-file.ts';
import { warn } from './context.ts';
import { walk } from './walk.ts';
import { refreshed, type Workspace } from './workspace.ts';

/** The workspace with everything recorded that hooks missed: what commands that read the ledger begin with. */
export async function settle(workspace: Workspace): Promise<Workspace> {
  try {
    clearStaleRefresh(workspace.layout);
    return (await walk(workspace)) ? refreshed(workspace) : workspace;
  } catch (error) {
    // A sandbox that lets nobody write here must not keep anybody from reading.
    if (!cannotWrite(error)) throw error;
    warn(workspace.context, `what hooks missed could not be recorded: ${error.message}`, 'what follows may lack the newest commits and handoffs');
    return workspace;
  }
}

function cannotWrite(error: unknown): error is Error {
  if (error instanceof AiteamError) return error.code === 'journal-write';
  return error instanceof Error && 'code' in error && ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'].includes(String(error.code));
}
