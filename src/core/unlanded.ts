import type { CommitId } from './ids.ts';

export interface CommitNode {
  readonly id: CommitId;
  readonly parents: readonly CommitId[];
  /** Committer time, seconds since the epoch. */
  readonly time: number;
}

/** The commits reachable from `tip` inside the graph, leaving out what is reachable from `landed`. */
export function unlandedCommits(graph: ReadonlyMap<CommitId, CommitNode>, tip: CommitId, landed: readonly CommitId[]): CommitNode[] {
  const hidden = new Set(reachable(graph, landed).map((node) => node.id));
  return reachable(graph, [tip]).filter((node) => !hidden.has(node.id));
}

/** The newest of these landed tips that the branch still builds on and the graph holds: what a squash took of it. */
export function landedBeneath(graph: ReadonlyMap<CommitId, CommitNode>, tip: CommitId, landed: readonly CommitId[]): CommitId | undefined {
  const below = new Set(reachable(graph, [tip]).map((node) => node.id));
  return landed.findLast((id) => below.has(id));
}

/** The one commit outside of the graph that the branch builds on; null where there are several, or none. A tip that is outside itself is its own. */
export function forkPoint(graph: ReadonlyMap<CommitId, CommitNode>, tip: CommitId): CommitId | null {
  const outside = new Set(graph.has(tip) ? reachable(graph, [tip]).flatMap((node) => node.parents.filter((parent) => !graph.has(parent))) : [tip]);
  const [fork = null] = outside;
  return outside.size === 1 ? fork : null;
}

/** Whether the branch builds on this commit, which is outside of the graph, or is at it. */
export function buildsOn(graph: ReadonlyMap<CommitId, CommitNode>, tip: CommitId, commit: CommitId): boolean {
  return tip === commit || reachable(graph, [tip]).some(({ parents }) => parents.includes(commit));
}

/** The graph's commits reachable from these, each once. */
export function reachable(graph: ReadonlyMap<CommitId, CommitNode>, from: readonly CommitId[]): CommitNode[] {
  const seen = new Set<CommitId>();
  const nodes: CommitNode[] = [];
  const waiting = [...from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = graph.get(id);
    if (node === undefined || seen.has(id)) continue;
    seen.add(id);
    nodes.push(node);
    waiting.push(...node.parents);
  }
  return nodes;
}
