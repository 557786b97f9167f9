import type { Lock } from '../core/locks.ts';
import type { Context } from './context.ts';
import { seeLocks } from './live-locks.ts';
import { openWorkspace } from './open-workspace.ts';

/** The locks that live, those that end first before. */
export async function listLocks(context: Context): Promise<readonly Lock[]> {
  const locks = await seeLocks(await openWorkspace(context));
  return locks.toSorted((a, b) => a.until - b.until || (a.pattern < b.pattern ? -1 : 1));
}
