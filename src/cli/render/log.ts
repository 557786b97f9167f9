import { budgetName, moneyText } from '../../core/budget-text.ts';
import { lasting } from '../../core/ago.ts';
import type { JournalRecord } from '../../core/events.ts';
import { overlapNames } from '../../core/overlap-text.ts';
import { placeOf } from '../../core/place.ts';
import { escapeText, showPath, truncate } from '../../core/text.ts';
import { localMinute } from '../../operations/local-time.ts';
import type { LogEntry } from '../../operations/log.ts';
import type { Style } from './style.ts';

const LONGEST_TEXT = 100;

export function renderLog(entries: readonly LogEntry[], style: Style): string {
  if (entries.length === 0) return 'nothing has happened yet\n';
  return entries.map((entry) => {
    const text = sentence(entry);
    return `${style.dim(localMinute(entry.record.at))}  ${Number.isFinite(style.width) ? truncate(text, Math.max(20, style.width - 18)) : text}\n`;
  }).join('');
}

export function logJson({ record, subject }: LogEntry): Record<string, unknown> {
  const { at, writer: _writer, seq: _seq, ...event } = record;
  return { at: new Date(at).toISOString(), ...event, ...('path' in event ? { path: showPath(event.path) } : {}), ...(subject === null ? {} : { subject }), text: sentence({ record, subject }) };
}

/** What an event says, on one line. */
function sentence({ record, subject }: LogEntry): string {
  const by = 'agent' in record && record.agent !== null ? escapeText(record.agent) : '';
  switch (record.kind) {
    case 'agent-added': return `${by} was given ${escapeText(record.branch)} in ${escapeText(record.worktree)}${record.role === null ? '' : ` as ${short(record.role)}`}`;
    case 'agent-removed': return `${by}'s worktree was removed; ${escapeText(record.branch)} was ${record.tip === null ? 'gone' : `at ${id(record.tip)}`}`;
    case 'branch-set': return `${by}'s branch is ${escapeText(record.branch)} now`;
    case 'moved': return `${by}'s worktree is at ${escapeText(record.worktree)} now`;
    case 'task': return record.task === null ? `${by} has no task any more` : `${by} works on: ${short(record.task)}${record.files.length === 0 ? '' : ` (${short(record.files.join(', '))})`}`;
    case 'ran': return `${by} was at work`;
    case 'ready': return `${by} called ${id(record.tip)} ready to land`;
    case 'unready': return `${by} is not ready any more`;
    case 'commit': return `${by} committed ${id(record.id)}${said(subject)}${record.unrecorded === true ? ' (found later)' : ''}`;
    case 'rewrite': return `${by} rewrote ${id(record.old)} as ${id(record.id)}${said(subject)}`;
    case 'walked': return `${by}'s branch was looked through up to ${id(record.tip)}`;
    case 'handoff': return `${escapeText(record.from)} handed over to ${escapeText(record.to)}: ${short(record.task)}${record.verified ? '' : ' (author unverified)'}`;
    case 'handoff-closed': return `handoff ${escapeText(record.id)} was ${record.how} by ${escapeText(record.by)}${record.why === null ? '' : `: ${short(record.why)}`}`;
    case 'landing': return landed(record);
    case 'undo': return `${escapeText(record.undoes)} on ${escapeText(record.target)} was undone as ${escapeText(record.id)}, ${id(record.old)} to ${id(record.new)} (${record.how === 'moved-back' ? 'moved back' : 'a commit takes it back'})`;
    case 'synced': return `${by}'s branch ${syncWords[record.way]} ${escapeText(record.target)} at ${id(record.onto)}, ${id(record.old)} to ${id(record.new)}`;
    case 'gate': return `gate ${short(record.name)} ${gateWords[record.verdict]} on tree ${id(record.tree)} in ${(record.ms / 1000).toFixed(1)} s`;
    case 'conflict': return `${by}'s branch met conflict ${escapeText(record.id)} in ${showPath(record.path)} with ${record.other.kind === 'agent' ? escapeText(record.other.agent) : record.other.kind}`;
    case 'resolution': return `conflict ${escapeText(record.id)} was settled by ${escapeText(record.by)}, without a checkout: ${record.take.length === 2 ? 'the lines of both sides' : record.take[0] === 'agent' ? "the agent's version" : "the target's version"}`;
    case 'resolution-dropped': return `the resolution of conflict ${escapeText(record.id)} was dropped by ${escapeText(record.by)}`;
    case 'conflict-closed': return `conflict ${escapeText(record.id)} is over: ${record.merged === undefined ? record.how : `settled in the merge ${id(record.merged)}`}`;
    case 'lock': return `${escapeText(record.holder)} locked ${short(record.patterns.join(', '))} until ${localMinute(record.until)}${record.why === null ? '' : `: ${short(record.why)}`}`;
    case 'unlock': return `${escapeText(record.holder)}'s lock on ${short(record.patterns.join(', '))} was given back${record.by === record.holder ? '' : ` by ${escapeText(record.by)}`}`;
    case 'overlap': return `${overlapNames(record)} were foreseen to conflict in ${placeOf(record)} (${escapeText(record.id)})`;
    case 'budget': return `${by} ${budgetWords[record.what]}: ${budgetName({ whose: record.whose, budget: record })}, ${moneyText({ usd: record.usd, unpriced: record.atLeast ? ['?'] : [] })} spent`;
    case 'over-budget': return `${by} was let go on over budget`;
    case 'idled': return `${by}'s client was ended: its window had been idle for ${lasting(record.ms)}`;
    case 'trashed': return `moved to the trash as ${escapeText(record.id)}: ${short(record.what)}`;
    case 'warning': return `${by}, commit ${id(record.commit)}: ${short(record.message)}`;
  }
}

const syncWords = { merge: 'was merged with', rebase: 'was rebased onto', 'fast-forward': 'was moved to' } as const;

const budgetWords = { warned: 'was warned', paused: 'was paused', continued: 'goes on', stopped: 'was stopped' } as const;

const gateWords = { passed: 'passed', failed: 'failed', 'could-not-run': 'could not run' } as const;

function landed(record: JournalRecord & { readonly kind: 'landing' }): string {
  const names = record.agents.map(({ agent }) => escapeText(agent)).join(', ');
  if (record.strategy === 'found') return `${names} came to ${escapeText(record.target)} otherwise, as ${id(record.new)} (${escapeText(record.id)})`;
  const gates = record.gates.length === 0 ? 'no gate' : `gates passed: ${record.gates.map(short).join(', ')}`;
  return `${names} landed on ${escapeText(record.target)} as ${escapeText(record.id)}, ${id(record.old)} to ${id(record.new)} (${record.strategy}, ${gates})`;
}

function id(full: string): string {
  return escapeText(full.slice(0, 8));
}

function short(text: string): string {
  return truncate(escapeText(text), LONGEST_TEXT);
}

function said(subject: string | null): string {
  return subject === null ? '' : `: ${short(subject)}`;
}
