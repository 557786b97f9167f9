import { byTime, type JournalRecord } from './events.ts';

interface Since<Value> {
  readonly at: number;
  readonly value: Value;
}

/** Who worked in which folder when, and at what, by the journal. */
export interface WhoseWork {
  /** All folders that were ever an agent's worktree. */
  readonly folders: readonly string[];
  /** The agent whose worktree the folder was at that time, epoch milliseconds; the nearest one where it was nobody's. */
  readonly agentIn: (folder: string, at: number) => string | null;
  readonly taskOf: (agent: string, at: number) => string | null;
}

/** Reads it from the journal's records, in whatever order. */
export function whoseWork(records: readonly JournalRecord[]): WhoseWork {
  const agents = new Map<string, Since<string>[]>();
  const tasks = new Map<string, Since<string | null>[]>();
  const note = <Value>(map: Map<string, Since<Value>[]>, key: string, one: Since<Value>): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [one]);
    else list.push(one);
  };
  for (const record of records.toSorted(byTime)) {
    if (record.kind === 'agent-added' || record.kind === 'moved') note(agents, record.worktree, { at: record.at, value: record.agent as string });
    if (record.kind === 'task') note(tasks, record.agent, { at: record.at, value: record.task });
    if (record.kind === 'agent-removed') note(tasks, record.agent, { at: record.at, value: null });
  }
  return {
    folders: [...agents.keys()],
    agentIn: (folder, at) => latest(agents.get(folder), at) ?? agents.get(folder)?.[0]?.value ?? null,
    taskOf: (agent, at) => latest(tasks.get(agent), at) ?? null,
  };
}

/** The last value that was set by then. */
function latest<Value>(list: readonly Since<Value>[] | undefined, at: number): Value | undefined {
  return list?.findLast((one) => one.at <= at)?.value;
}

/** The folder among these that is `path` or has it below it, the innermost; null for none. */
export function folderAround(folders: Iterable<string>, path: string): string | null {
  let found: string | null = null;
  for (const folder of folders) if ((path === folder || path.startsWith(`${folder}/`)) && folder.length > (found?.length ?? -1)) found = folder;
  return found;
}
