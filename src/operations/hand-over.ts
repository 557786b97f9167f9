import { refusal, usageError } from '../core/errors.ts';
import type { HandoffFacts, HandoffText } from '../core/events.ts';
import { parseRecipients } from '../core/handoff-id.ts';
import type { AgentId } from '../core/ids.ts';
import { waitingHandoffs, type Handoff } from '../core/ledger.ts';
import { nearest } from '../core/nearest.ts';
import { escapeText, truncate } from '../core/text.ts';
import { callerName, HUMAN } from './caller.ts';
import type { Context } from './context.ts';
import { COORDINATOR, handoffNames } from './handoff-names.ts';
import { takeSnapshot } from './integrate/snapshot.ts';
import { fileFromTop } from './paths-here.ts';
import { refreshViews } from './refresh-views.ts';
import { settle } from './settle.ts';
import { shortHash } from './short-hash.ts';
import { openWorkspace } from './open-workspace.ts';
import { refreshed, type Workspace } from './workspace.ts';

export interface HandOverInput {
  readonly to: string;
  /** On whose behalf, for a person; null for whoever calls. */
  readonly from: AgentId | null;
  readonly task: string;
  readonly context: string | null;
  /** Paths from the current folder on, with lines where only those are meant: `parser.ts:10-20`. */
  readonly files: readonly string[];
  readonly notes: string | null;
}

/**
 * Hands work over. The same handoff once more, while the first one waits, changes nothing. One to `main` from an agent calls
 * its branch ready as it is. Errors: `task-needed`, `agent-unknown`, `handoff-to-self`, `not-your-name`, `nothing-to-land`, `path-outside`.
 */
export async function handOver(context: Context, input: HandOverInput): Promise<{ handoff: Handoff; isNew: boolean }> {
  const workspace = await settle(await openWorkspace(context));
  const from = senderOf(workspace, input.from);
  const to = recipientOf(workspace, input.to);
  if (from === to) throw refusal('handoff-to-self', `${from} cannot hand over to itself`, `aiteam assign ${from} TASK gives it a task`);
  if (input.task.trim() === '') throw usageError('task-needed', 'a handoff needs a task', `aiteam handoff ${to} --task "what is to be done"`);
  return giveWork(workspace, { from, to, task: input.task, context: input.context, files: input.files.map((file) => fileFromTop(workspace, file)), notes: input.notes });
}

/** Records a handoff between names that are known here; the same once more, while the first one waits, changes nothing. */
export async function giveWork(workspace: Workspace, words: HandoffText): Promise<{ handoff: Handoff; isNew: boolean }> {
  const { from, to } = words;
  const same = waitingHandoffs(workspace.ledger, to).find(({ from, task, context, files, notes }) => JSON.stringify([from, to, task, context, files, notes]) === JSON.stringify([words.from, words.to, words.task, words.context, words.files, words.notes]));
  if (same !== undefined) return { handoff: same, isNew: false };
  const id = shortHash(JSON.stringify(['command', words, Date.now(), process.pid]));
  const facts: HandoffFacts = { id, ...words, commit: await tipOf(workspace, from, to), verified: true };
  workspace.journal.append({ kind: 'handoff', ...facts });
  const now = refreshed(workspace);
  await refreshViews(now);
  return { handoff: now.ledger.handoffs.get(id) ?? { ...facts, at: Date.now(), closed: null }, isNew: true };
}

function senderOf(workspace: Workspace, named: AgentId | null): string {
  const caller = callerName(workspace);
  if (named === null || named === caller) return caller;
  if (caller !== HUMAN) throw refusal('not-your-name', `${caller} cannot hand over in the name of ${named}`, 'leave --from out');
  return knownName(workspace, named);
}

/** The name that was meant, as handoffs know it. Errors: `agent-unknown`. */
export function recipientOf(workspace: Workspace, typed: string): string {
  return knownName(workspace, parseRecipients([typed])[0] ?? '');
}

function knownName(workspace: Workspace, name: string): string {
  const names = handoffNames(workspace);
  if (names.has(name)) return name;
  const meant = nearest(name, names);
  throw refusal('agent-unknown', `there is no agent "${truncate(escapeText(name), 40)}" here`, ...(meant === null ? [] : [`did you mean ${meant}?`]), `a handoff goes to one of: ${[...names].join(', ')}`);
}

/** What the sender's branch holds at this moment; null for a sender without a branch. */
async function tipOf(workspace: Workspace, from: string, to: string): Promise<HandoffFacts['commit']> {
  const { target } = workspace;
  const found = (await takeSnapshot(workspace, target))?.agents.find(({ agent }) => agent === from);
  if (to === COORDINATOR && (found === undefined || found.ahead === 0)) {
    throw refusal('nothing-to-land', `${from} has nothing that could land on ${target}`, 'a person hands over for an agent: aiteam handoff main --from AGENT --task TEXT');
  }
  return found?.tip ?? null;
}
