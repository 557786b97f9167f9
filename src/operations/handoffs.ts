import type { HandoffEnd } from '../core/events.ts';
import { refusal } from '../core/errors.ts';
import type { Handoff } from '../core/ledger.ts';
import { callerName, HUMAN } from './caller.ts';
import type { Context } from './context.ts';
import { COORDINATOR } from './handoff-names.ts';
import { oneByPrefix } from './one-by-prefix.ts';
import { refreshViews } from './refresh-views.ts';
import { settle } from './settle.ts';
import { openWorkspace } from './open-workspace.ts';
import { refreshed, type Workspace } from './workspace.ts';

/** Handoffs, oldest first: those that wait, or `all`. */
export async function listHandoffs(context: Context, all: boolean): Promise<readonly Handoff[]> {
  const { ledger } = await readHandoffs(context);
  return [...ledger.handoffs.values()].filter(({ closed }) => all || closed === null).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

/** One handoff by its id or the beginning of it. Errors: `unknown-handoff`, `ambiguous-handoff`. */
export async function findHandoff(context: Context, id: string): Promise<Handoff> {
  return handoffIn(await readHandoffs(context), id);
}

/**
 * Accepts or declines a handoff; accepted, its files are the recipient's from now on. An agent may do so only with what is
 * addressed to it. Errors: those of `findHandoff`, `not-addressed`, `handoff-over`, `handoff-lands`.
 */
export async function endHandoff(context: Context, id: string, how: Exclude<HandoffEnd, 'closed'>, why: string | null): Promise<Handoff> {
  const workspace = await readHandoffs(context);
  const handoff = handoffIn(workspace, id);
  const by = callerName(workspace);
  if (by !== HUMAN && by !== handoff.to) throw refusal('not-addressed', `handoff ${handoff.id} is addressed to ${handoff.to}, and this is ${by}`, 'aiteam handoff list');
  if (handoff.closed !== null) throw refusal('handoff-over', `handoff ${handoff.id} was ${handoff.closed.how} by ${handoff.closed.by} already`, `aiteam handoff show ${handoff.id}`);
  if (handoff.to === COORDINATOR && how === 'accepted') throw refusal('handoff-lands', `handoff ${handoff.id} asks for a landing: it is accepted by landing the branch`, `aiteam integrate ${handoff.from}`);
  workspace.journal.append({ kind: 'handoff-closed', id: handoff.id, by, how, why });
  const now = refreshed(workspace);
  await refreshViews(now);
  return handoffIn(now, handoff.id);
}

/** The workspace after what was written into handoff.md and into commits has been taken in. */
async function readHandoffs(context: Context): Promise<Workspace> {
  const workspace = await settle(await openWorkspace(context));
  await refreshViews(workspace);
  return refreshed(workspace);
}

function handoffIn({ ledger }: Workspace, id: string): Handoff {
  return oneByPrefix(ledger.handoffs.values(), id, 'handoff', 'aiteam handoff list --all');
}
