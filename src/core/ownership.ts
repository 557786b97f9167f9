import { presentAgents, type Ledger } from './ledger.ts';

/** A file that was given to an agent: assigned, or handed over and accepted. */
interface Given {
  readonly agent: string;
  readonly at: number;
  /** The handoff by which it was; null where it was assigned. */
  readonly handoff: string | null;
}

/** Who owns a file, and why: it changed it and has not landed, or was given it. */
export interface FileOwner {
  readonly agent: string;
  readonly how: 'changed' | 'assigned' | 'handed-over';
  /** The handoff's id; null for any other way. */
  readonly handoff: string | null;
}

/** Lines of a file that were given to an agent, as they were named: `10-20`. */
export interface OwnedPart extends FileOwner {
  readonly lines: string;
}

/**
 * Agent → the files that are its, as text. Those that its branch has changed (`touched`) are, unless they were given to
 * another agent, by `assign` or by a handoff that it accepted, and are that one's until it lands or is removed; the last
 * giving counts. A folder given stands for what lies in it. Lines of a file (`a.ts:10-20`) are named beside the file, whose
 * owner stays.
 */
export function ownedFiles(ledger: Ledger, touched: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const given = givenFiles(ledger);
  const owned = new Map<string, string[]>();
  for (const [agent, files] of touched) {
    const kept = files.filter((file) => (giverOf(given, file)?.agent ?? agent) === agent);
    const more = [...given].filter(([file, { agent: owner }]) => owner === agent && giverOf(given, file)?.agent === agent && !kept.includes(file)).map(([file]) => file);
    owned.set(agent, [...kept, ...more.sort()]);
  }
  return owned;
}

/** Who owns one file by the rule of `ownedFiles`, several where several have changed it, and to whom parts of it were given. */
export function fileOwners(ledger: Ledger, touched: ReadonlyMap<string, readonly string[]>, file: string): { readonly owners: readonly FileOwner[]; readonly parts: readonly OwnedPart[] } {
  const given = givenFiles(ledger);
  const owner = giverOf(given, file);
  const changed = [...touched].filter(([, files]) => files.includes(file)).map(([agent]): FileOwner => ({ agent, how: 'changed', handoff: null }));
  const parts = [...given].flatMap(([name, one]): OwnedPart[] => (name.startsWith(`${file}:`) && /^\d+(?:-\d+)?$/.test(name.slice(file.length + 1)) ? [{ ...byGiving(one), lines: name.slice(file.length + 1) }] : []));
  return { owners: owner === undefined ? changed : [byGiving(owner)], parts };
}

function byGiving({ agent, handoff }: Given): FileOwner {
  return { agent, how: handoff === null ? 'assigned' : 'handed-over', handoff };
}

/** The latest giving that covers the file: of itself, or of a folder above it. */
function giverOf(given: ReadonlyMap<string, Given>, file: string): Given | undefined {
  let last = given.get(file);
  for (let slash = file.lastIndexOf('/'); slash > 0; slash = file.lastIndexOf('/', slash - 1)) {
    const above = given.get(file.slice(0, slash));
    if (above !== undefined && (last === undefined || above.at > last.at)) last = above;
  }
  return last;
}

function givenFiles(ledger: Ledger): Map<string, Given> {
  const since = new Map(presentAgents(ledger).map(({ agent, addedAt }) => [agent as string, addedAt]));
  for (const landing of ledger.landings.values()) {
    for (const { agent } of landing.agents) if (since.has(agent)) since.set(agent, Math.max(since.get(agent) ?? 0, landing.at));
  }
  const givings = [
    ...presentAgents(ledger).map(({ agent, taskAt, files }) => ({ agent: agent as string, at: taskAt, files, handoff: null })),
    ...[...ledger.handoffs.values()].flatMap(({ id, to, files, closed }) => (closed?.how === 'accepted' ? [{ agent: to, at: closed.at, files, handoff: id }] : [])),
  ].filter(({ agent, at }) => at > (since.get(agent) ?? Number.POSITIVE_INFINITY));
  const given = new Map<string, Given>();
  for (const { agent, at, files, handoff } of givings.toSorted((a, b) => a.at - b.at)) for (const file of files) given.set(file.replace(/\/+$/, ''), { agent, at, handoff });
  return given;
}
