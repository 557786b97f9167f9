import { refusal, usageError } from '../core/errors.ts';
import type { AgentId } from '../core/ids.ts';
import type { Lock } from '../core/locks.ts';
import { pathspecText } from '../core/pathspec.ts';
import { escapeText } from '../core/text.ts';
import { changeLocks } from '../state/locks.ts';
import { callerName, HUMAN } from './caller.ts';
import type { Context } from './context.ts';
import { alive, seeLocks } from './live-locks.ts';
import { holderOf, pathspecFromTop } from './lock.ts';
import { refreshViews } from './refresh-views.ts';
import { openWorkspace } from './open-workspace.ts';
import { refreshed } from './workspace.ts';

export interface UnlockInput {
  /** As they were locked. */
  readonly patterns: readonly string[];
  /** All of the holder's; for a person who names no agent, everybody's. */
  readonly all: boolean;
  /** Whose, by a person; null for whoever calls, and for a person anybody's. */
  readonly agent: AgentId | null;
}

/** Takes locks back: an agent its own, a person anybody's. Errors: `not-locked`, `not-yours`, `pattern-needed`, `not-your-name`. */
export async function unlockPaths(context: Context, input: UnlockInput): Promise<readonly Lock[]> {
  if (input.all === (input.patterns.length > 0)) throw usageError('pattern-needed', 'say what to unlock, or --all', 'aiteam locks');
  const workspace = await openWorkspace(context);
  const by = callerName(workspace);
  const holder = by === HUMAN && input.agent === null ? null : holderOf(workspace, input.agent);
  const patterns = input.patterns.map((typed) => pathspecText(pathspecFromTop(workspace, typed)));
  let taken: Lock[] = [];
  await changeLocks(workspace.git, 'aiteam unlock', (locks) => {
    const live = alive(locks, workspace.ledger);
    const meant = (lock: Lock): boolean => (holder === null || lock.holder === holder) && (input.all || patterns.includes(lock.pattern));
    const missing = patterns.find((pattern) => !live.some((lock) => lock.pattern === pattern && meant(lock)));
    if (missing !== undefined) throw notLocked(missing, live.find(({ pattern }) => pattern === missing));
    taken = live.filter(meant);
    return taken.length === 0 ? null : live.filter((lock) => !meant(lock));
  });
  await seeLocks(workspace);
  const holders = new Set(taken.map((lock) => lock.holder));
  for (const name of holders) workspace.journal.append({ kind: 'unlock', holder: name, patterns: taken.filter((lock) => lock.holder === name).map(({ pattern }) => pattern), by });
  await refreshViews(refreshed(workspace));
  return taken;
}

function notLocked(pattern: string, others: Lock | undefined): Error {
  if (others === undefined) return refusal('not-locked', `nobody has locked ${escapeText(pattern)}`, 'aiteam locks shows the patterns as they were locked');
  return refusal('not-yours', `the lock on ${escapeText(pattern)} is ${others.holder}'s`, `ask for it: aiteam handoff ${others.holder} --task "unlock ${escapeText(pattern)}"`, 'a person may unlock it, in a terminal of their own');
}
