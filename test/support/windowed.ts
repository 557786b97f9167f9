import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { CANARY, fakeClients, type Started } from './fake-client.ts';
import { BINARY, team, type Finished, type Scratch } from './scratch.ts';

/** The tests' own build, which looks at clients as often as it is told. */
const OWN_BUILD = fileURLToPath(new URL('../../dist-test/main.js', import.meta.url));

const KEYS = { Z_AI_API_KEY: CANARY, DEEPSEEK_API_KEY: `${CANARY}-d`, ANTHROPIC_API_KEY: `${CANARY}-a`, OPENAI_API_KEY: `${CANARY}-o` };

export interface Windowed {
  readonly made: Scratch;
  readonly env: Record<string, string>;
  readonly up: (...args: string[]) => Finished;
  /** What our tmux server says; its socket lies in the scratch folder. */
  readonly ask: (...args: string[]) => string;
  readonly started: (name: string) => Started | null;
}

/** A team whose windows open in the scratch folder, and close with the test; with `beatMs` clients are looked at so often. */
export function windowed(agents: readonly string[], body: string, { beatMs, ...more }: { beatMs?: number } & Record<string, unknown> = {}): Windowed {
  const made = team(...agents);
  const { path, started } = fakeClients(made, ['claude'], body);
  const sockets = join(made.folder, 'sockets');
  mkdirSync(sockets);
  const env = { ...KEYS, PATH: path, TMUX_TMPDIR: sockets, FAKE_NO_INPUT: '1', ...(more as Record<string, string>), ...(beatMs === undefined ? {} : { AITEAM_BEAT_MS: String(beatMs) }) };
  const socket = (): string => readdirSync(sockets, { recursive: true, encoding: 'utf8' }).map((name) => join(sockets, name)).find((name) => /aiteam-[0-9a-f]+$/.test(name)) ?? join(sockets, 'none');
  const ask: Windowed['ask'] = (...args) => execFileSync('tmux', ['-u', '-S', socket(), ...args], { encoding: 'utf8', env: { ...made.env, TMUX_TMPDIR: sockets } });
  onTestFinished(() => void spawnSync('tmux', ['-S', socket(), 'kill-server'], { env: made.env }));
  const up = (...args: string[]): Finished => {
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, [beatMs === undefined ? BINARY : OWN_BUILD, ...args], { cwd: made.repo, env: { ...made.env, ...env }, encoding: 'utf8', input: '' });
    return { code: status, signal, stdout, stderr };
  };
  return { made, env, up, ask, started };
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => { setTimeout(resolve, 20); });
}
