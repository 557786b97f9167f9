import type { Config, UserConfig } from './config.ts';
import type { AgentId } from './ids.ts';

/** How long a client may take to draw its picture anew once its window got another size, seconds. */
export const REDRAW_SECONDS = 2;

/** What tmux tells of a window; epoch seconds. */
export interface WindowTimes {
  /** When it last showed something. */
  readonly activity: number;
  /** When it last got another size, and when it had last shown something of its own by then; null for never. */
  readonly resized: number | null;
  readonly before: number | null;
}

/** When a window last showed something of its own, epoch seconds: what comes with another size is only its picture once more. */
export function outputTime({ activity, resized, before }: WindowTimes): number {
  return resized !== null && before !== null && activity <= resized + REDRAW_SECONDS ? before : activity;
}

/** How long an agent has been idle: the time since the last sign of it, which are given; all milliseconds. */
export function idleFor(now: number, ...signs: readonly number[]): number {
  return Math.max(0, now - Math.max(0, ...signs));
}

/** How long an agent's window may be idle, milliseconds; null for as long as it likes. What is said of it goes before what is said of all. */
export function idleLimit(agent: AgentId, project: Pick<Config, 'agents' | 'idle'>, user: Pick<UserConfig, 'agents' | 'idle'>): number | null {
  return user.agents.get(agent)?.idle ?? project.agents.get(agent)?.idle ?? user.idle ?? project.idle;
}
