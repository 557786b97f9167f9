import type { JournalRecord } from '../core/events.ts';
import type { AgentId } from '../core/ids.ts';
import type { Ledger } from '../core/ledger.ts';
import { commitSubjects } from '../git/commit-subjects.ts';
import { readHistory } from '../state/journal.ts';
import type { Context } from './context.ts';
import { requireKnown } from './agents.ts';
import { settle } from './settle.ts';
import { openWorkspace } from './open-workspace.ts';

export interface LogInput {
  /** Null for everybody. */
  readonly agent: AgentId | null;
  /** How many entries at most; null for all. */
  readonly count: number | null;
}

export interface LogEntry {
  readonly record: JournalRecord;
  /** Of the commit that it is about; null where it is about none, or the commit is gone. */
  readonly subject: string | null;
}

/** What only we need to know: it comes every few minutes. */
const SILENT: ReadonlySet<JournalRecord['kind']> = new Set(['walked', 'ran']);

/** What happened, newest first, without what only we need to know. Errors: `agent-unknown` for one that was never here. */
export async function readLog(context: Context, input: LogInput): Promise<LogEntry[]> {
  const { git, layout, ledger } = await settle(await openWorkspace(context));
  if (input.agent !== null) requireKnown(ledger, input.agent);
  const told = withoutEchoes(readHistory(layout)).toReversed().filter((record) => !SILENT.has(record.kind) && (input.agent === null || concerns(record, input.agent, ledger)));
  const records = told.slice(0, input.count ?? told.length);
  const ids = records.flatMap((record) => (record.kind === 'commit' || record.kind === 'rewrite' ? [record.id] : []));
  const subjects = await commitSubjects(git, ids);
  return records.map((record) => ({ record, subject: record.kind === 'commit' || record.kind === 'rewrite' ? (subjects.get(record.id) ?? null) : null }));
}

/** Without commits that a walk reported while the hook was about to, or another walk had: each is told once. */
function withoutEchoes(records: readonly JournalRecord[]): JournalRecord[] {
  const commits = records.filter((record) => record.kind === 'commit');
  const told = new Set(commits.filter(({ unrecorded }) => unrecorded !== true).map(({ id }) => id));
  return records.filter((record) => {
    if (record.kind !== 'commit' || record.unrecorded !== true) return true;
    const isNew = !told.has(record.id);
    told.add(record.id);
    return isNew;
  });
}

function concerns(record: JournalRecord, agent: AgentId, ledger: Ledger): boolean {
  switch (record.kind) {
    case 'handoff': return record.from === agent || record.to === agent;
    case 'handoff-closed': return record.by === agent || [ledger.handoffs.get(record.id)?.from, ledger.handoffs.get(record.id)?.to].includes(agent);
    case 'lock':
    case 'unlock': return record.holder === agent;
    case 'landing': return record.agents.some((landed) => landed.agent === agent);
    case 'conflict': return record.agent === agent || (record.other.kind === 'agent' && record.other.agent === agent);
    case 'resolution':
    case 'resolution-dropped': return record.by === agent || ledger.conflicts.get(record.id)?.agent === agent;
    default: return 'agent' in record && record.agent === agent;
  }
}
