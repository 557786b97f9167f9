import type { Advice } from './overlap-facts.ts';
import type { AgentId } from './ids.ts';

/** What decides between two sides who goes first. */
export interface Standing {
  /** Null for the target. */
  readonly agent: AgentId | null;
  /** Whether its change at the place is not committed yet. */
  readonly uncommitted: boolean;
  readonly ready: boolean;
  /** When its first commit that has not landed was made, seconds; Infinity where there is none. */
  readonly firstCommitTime: number;
}

/** What two sides that would conflict should do. Whoever has not committed yet can still stop; else the first to land goes first. */
export function adviceFor(a: Standing, b: Standing): Advice | null {
  if (a.agent === null || b.agent === null) {
    const agent = a.agent ?? b.agent;
    return agent === null ? null : { kind: 'sync', agent, after: null };
  }
  const [first, second] = landsFirst(a, b) ? [a.agent, b.agent] : [b.agent, a.agent];
  if (a.uncommitted && b.uncommitted) return { kind: 'hand-over', from: second, to: first };
  return a.uncommitted || b.uncommitted ? { kind: 'wait', agent: second, behind: first } : { kind: 'sync', agent: second, after: first };
}

/** Whether `a` lands before `b`: what is committed before what is not, then as `integrate` orders branches. */
function landsFirst(a: Standing, b: Standing): boolean {
  if (a.uncommitted !== b.uncommitted) return b.uncommitted;
  if (a.ready !== b.ready) return a.ready;
  if (a.firstCommitTime !== b.firstCommitTime) return a.firstCommitTime < b.firstCommitTime;
  return String(a.agent) < String(b.agent);
}
