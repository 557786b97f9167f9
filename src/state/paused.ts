import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId } from '../core/ids.ts';
import { namesIn, readIfThere, replaceFile } from './atomic-file.ts';
import type { Layout } from './layout.ts';
import { isDead, type Owner } from './owner.ts';

/** A client that its `aiteam exec` has stopped, so that whoever comes after a kill knows what to let end. */
export interface Paused {
  readonly agent: AgentId;
  /** Why, for people. */
  readonly why: string;
  /** The `aiteam exec` that will let it go on. */
  readonly by: Owner;
  readonly client: Owner;
}

/** Notes that the client is being stopped. */
export function notePaused({ paused: folder }: Layout, paused: Paused): void {
  mkdirSync(folder, { recursive: true });
  replaceFile(join(folder, paused.agent), JSON.stringify(paused));
}

/** Notes that nothing of this agent is stopped any more. */
export function forgetPaused({ paused: folder }: Layout, agent: AgentId): void {
  rmSync(join(folder, agent), { force: true });
}

/** The clients that are stopped, `left` where nobody will let them go on: their `aiteam exec` was killed. */
export function pausedClients({ paused: folder }: Layout): (Paused & { readonly left: boolean })[] {
  return namesIn(folder).flatMap((name) => {
    const paused = parse(readIfThere(join(folder, name)));
    return paused?.agent === name ? [{ ...paused, left: isDead(paused.by) }] : [];
  });
}

/** A signal to 0 or less would go to whole groups. */
function isProcess(pid: unknown): boolean {
  return Number.isInteger(pid) && (pid as number) > 1;
}

function parse(text: string | null): Paused | null {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<Paused> | null;
    return typeof value?.agent === 'string' && typeof value.why === 'string' && isProcess(value.by?.pid) && isProcess(value.client?.pid) ? value as Paused : null;
  } catch {
    return null;
  }
}
