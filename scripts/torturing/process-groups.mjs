// Each command leads a process group of its own, which may be killed as a whole at any time.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const MOST_BETWEEN_KILLS_MS = 1_500;

function end(group) {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended by itself, or leads no group.
  }
}

/** The processes that this one has started (proc(5)); none where the system does not tell. */
function childrenOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter((id) => id !== '').map(Number);
  } catch {
    return [];
  }
}

/** Starts commands, and kills some. */
export function processGroups(env, random) {
  const live = new Map();
  let kills = 0;
  return {
    kills: () => kills,
    /** How the command ended; `killed` where its group was. `safe` ones are not killed: the torture's own looks at things. */
    run: (file, args, { cwd, safe = false, input = '', more = {} }) => new Promise((resolve, reject) => {
      const child = spawn(file, args, { cwd, env: { ...env, ...more }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
      const output = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr']) child[stream].on('data', (chunk) => { output[stream] += chunk; });
      child.stdin.on('error', () => undefined).end(input);
      if (!safe) live.set(child.pid, false);
      child.once('error', reject);
      child.once('close', (code) => {
        const killed = live.get(child.pid) === true;
        live.delete(child.pid);
        resolve({ code, killed, ...output });
      });
    }),
    /** Waits a little, then kills one of the groups at work. */
    killOne: async () => {
      await sleep(1 + random.below(MOST_BETWEEN_KILLS_MS));
      const group = [...live.keys()][random.below(live.size)];
      if (group === undefined || live.get(group) === true) return;
      live.set(group, true);
      kills += 1;
      // At times with the git that a landing keeps in a group of its own, as a machine that stops would.
      for (const leader of random.chance(0.3) ? [group, ...childrenOf(group)] : [group]) end(leader);
    },
  };
}
