import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines, type Pane, type Tmux } from '../../launch/tmux.ts';

const PAUSE_MS = 30;
const QUIET_MS = 300;
const QUIET_AT_LAST_MS = 10_000;

/** Waits until the condition holds, asked every `pause` milliseconds, `most` at the longest; whether it does. */
export async function until(most: number, condition: () => Promise<boolean>, pause = PAUSE_MS): Promise<boolean> {
  const deadline = Date.now() + most;
  while (!(await condition())) {
    if (Date.now() >= deadline) return false;
    await sleep(pause);
  }
  return true;
}

/** Waits until the pane shows something and has shown the same for a moment: its client has set its terminal up and waits for keys. */
export async function quiet(tmux: Tmux, pane: Pane): Promise<void> {
  let seen = '';
  let since = Date.now();
  await until(QUIET_AT_LAST_MS, async () => {
    const now = (await lastLines(tmux, pane, 50)).join('\n');
    if (now !== seen) [seen, since] = [now, Date.now()];
    return seen !== '' && Date.now() - since >= QUIET_MS;
  });
}
