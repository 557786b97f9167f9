import { nearest } from '../core/nearest.ts';
import type { Event, HandoffFacts } from '../core/events.ts';
import { handoffId, parseRecipients } from '../core/handoff-id.ts';
import type { AgentId, CommitId } from '../core/ids.ts';
import { waitingHandoffs } from '../core/ledger.ts';
import { decodeBytes, escapeText, truncate } from '../core/text.ts';
import { pathsOf, type CommitFacts } from '../git/commit-facts.ts';
import { warn } from './context.ts';
import { handoffNames } from './handoff-names.ts';
import { shortHash } from './short-hash.ts';
import type { Workspace } from './workspace.ts';

const MOST_FILES = 50;

/** The handoffs that a commit's trailers ask for and that are not recorded yet; a recipient that nobody knows makes a warning. */
export async function handoffsIn(workspace: Workspace, from: AgentId, commit: CommitFacts): Promise<Event[]> {
  const notes = commit.handoffNotes.length === 0 ? null : commit.handoffNotes.join('\n');
  const events: Event[] = [];
  for (const to of parseRecipients(commit.handoffTo)) {
    const id = handoffId({ from, to, notes, madeAt: commit.authorTime }, shortHash);
    if (workspace.ledger.handoffs.has(id)) continue;
    if (!handoffNames(workspace).has(to)) events.push(unknownRecipient(workspace, from, to, commit.id));
    else if (!(await replaces(workspace, { from, to, notes }, commit.tip))) {
      const files = (await pathsOf(workspace.git, commit.id)).slice(0, MOST_FILES).map(decodeBytes);
      events.push({ kind: 'handoff', id, from, to, task: commit.subject, context: null, files, notes, commit: commit.id, verified: true });
    }
  }
  return events;
}

/** Whether the same was handed over already, by a commit that is on the branch no more: this one has taken its place. */
async function replaces({ git, ledger }: Workspace, { from, to, notes }: Pick<HandoffFacts, 'from' | 'to' | 'notes'>, tip: CommitId): Promise<boolean> {
  for (const waiting of waitingHandoffs(ledger, to)) {
    if (waiting.from !== from || waiting.notes !== notes || waiting.commit === null) continue;
    const there = await git.run(['merge-base', '--is-ancestor', waiting.commit, tip], { accept: [0, 1, 128] });
    if (there.exitCode !== 0) return true;
  }
  return false;
}

function unknownRecipient(workspace: Workspace, from: AgentId, to: string, commit: CommitId): Event {
  const names = handoffNames(workspace);
  const meant = nearest(to, names);
  const message = `commit ${commit.slice(0, 8)} of ${from} hands over to "${truncate(escapeText(to), 40)}", which is no agent here${meant === null ? '' : `; did it mean ${meant}?`}`;
  warn(workspace.context, message, `agents are: ${[...names].join(', ')}`);
  return { kind: 'warning', agent: from, commit, message };
}
