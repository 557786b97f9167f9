import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId } from '../../core/ids.ts';
import { hangUpStopped, killFamily } from '../../process/family.ts';
import { isMissing } from '../../state/atomic-file.ts';
import type { Layout } from '../../state/layout.ts';
import { isDead } from '../../state/owner.ts';
import { forgetPaused, pausedClients, type Paused } from '../../state/paused.ts';
import { until } from '../windows/wait.ts';

const ANSWER_MS = 3000;

/**
 * Lets clients end that are stopped and that nobody will ever let go on: the kill of their `aiteam exec` does not reach them. One
 * that does not end is killed: nobody would look at what it spends.
 */
export async function endLeftPaused(layout: Layout): Promise<void> {
  const left = pausedClients(layout).filter((paused) => paused.left);
  const alive = (): Paused[] => left.filter(({ client }) => !isDead(client));
  for (const { client } of alive()) hangUpStopped(client.pid);
  await until(ANSWER_MS, async () => alive().length === 0);
  for (const { client } of alive()) killFamily(client.pid);
  for (const { agent } of left) forgetPaused(layout, agent);
}

/** Has the agent's paused client looked at anew by its `aiteam exec`; why it stays paused, or null where it does not. */
export async function lookAgain(layout: Layout, agent: AgentId): Promise<string | null> {
  const why = (): string | null => pausedClients(layout).find((paused) => paused.agent === agent && !paused.left)?.why ?? null;
  if (why() === null) return null;
  touch(join(layout.paused, agent));
  await until(ANSWER_MS, async () => why() === null);
  return why();
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
