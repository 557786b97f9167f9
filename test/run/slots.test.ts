import { spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { gatedTeam } from '../support/gates.ts';
import { expectDone, scratch, type Finished, type Scratch } from '../support/scratch.ts';

interface Listed {
  readonly slot: string;
  readonly places: number | null;
  readonly holders: readonly { agent: string | null; repository: string; command: string; pid: number; since: string; orphaned: boolean }[];
  readonly waiting: readonly { agent: string | null }[];
}

const slotsOf = (made: Scratch): Listed[] => (JSON.parse(expectDone(made.aiteam(['slots', '--json'])).stdout) as { slots: Listed[] }).slots;

interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** What it has said on stderr so far. */
  readonly said: () => string;
}

function start(made: Scratch, args: readonly string[], env: Record<string, string> = {}): Started {
  let child: ChildProcess | undefined;
  let said = '';
  const finished = made.start(args, { env, onSpawn: (spawned) => {
    child = spawned;
    spawned.stderr?.on('data', (chunk: Buffer) => { said += chunk.toString('utf8'); });
  } });
  if (child === undefined) throw new Error('nothing was started');
  return { child, finished, said: () => said };
}

/** A command in a slot that writes its number into `pid` and works until it is killed. */
async function holder(made: Scratch, env: Record<string, string> = {}): Promise<Started & { readonly command: number }> {
  const file = join(made.folder, 'pid');
  const started = start(made, ['run', '--', 'sh', '-c', `echo $$ > ${file}; exec sleep 1000`], env);
  await vi.waitFor(() => expect(existsSync(file) && readFileSync(file, 'utf8')).toMatch(/\n/), { timeout: 20_000 });
  return { ...started, command: Number(readFileSync(file, 'utf8')) };
}

const waits = (one: Started): Promise<void> => vi.waitFor(() => expect(one.said()).toContain('waiting for slot heavy'), { timeout: 20_000 });

describe('aiteam run', () => {
  it('gives the command our streams, arguments as they are, and its exit code', () => {
    const made = scratch();
    const ran = made.aiteam(['run', '--', 'sh', '-c', 'cat; printf "%s|" "$@" >&2; exit 7', 'sh', '$HOME', 'a b', '--slot'], { input: 'in' });
    expect(ran).toMatchObject({ code: 7, stdout: 'in', stderr: '$HOME|a b|--slot|' });
    expect(made.aiteam(['run', '--', 'sh', '-c', 'kill -TERM $$'])).toMatchObject({ code: 143, stderr: '' });
    const missing = made.aiteam(['run', '--', 'no-such-program', '--json']);
    expect(missing).toMatchObject({ code: 127, stdout: '', stderr: 'warning: no-such-program could not be started: there is no such program\n' });
    expect(made.aiteam(['run', '--', ''])).toMatchObject({ code: 127, stderr: 'warning: \'\' could not be started: there is no such program\n' });
    expect(expectDone(made.aiteam(['run', '--', 'true'], { cwd: made.folder }))).toMatchObject({ stdout: '', stderr: '' });
  });

  it('refuses a slot that there is not, and a folder that it may not write', () => {
    const made = scratch();
    made.write({ '.aiteam.yaml': 'version: 1\nslots: {gpu: 2}\n' });
    expect(expectDone(made.aiteam(['run', '--slot', 'gpo', '--', 'touch', 'ran']), 2).stderr).toContain('did you mean gpu?');
    made.write({ state: 'no folder' });
    expect(made.aiteam(['run', '--', 'touch', 'ran'], { env: { XDG_STATE_HOME: join(made.repo, 'state') } }).code).not.toBe(0);
    expect(existsSync(join(made.repo, 'ran'))).toBe(false);
    expectDone(made.aiteam(['run', '--no-slot', '--', 'touch', 'ran']));
  });

  it('takes the slots of your own file too, before the project\'s, in any folder', () => {
    const made = scratch();
    made.write({ '.aiteam.yaml': 'version: 1\nslots: {gpu: 2, heavy: 2}\n' });
    made.write({ 'config.yaml': 'version: 1\nslots: {heavy: 3, net: 4}\n' }, join(made.folder, 'home', '.config', 'aiteam'));
    expect(slotsOf(made).map(({ slot, places }) => [slot, places])).toEqual([['gpu', 2], ['heavy', 3], ['net', 4]]);
    expectDone(made.aiteam(['run', '--slot', 'net', '--', 'true'], { cwd: made.folder }));
    expect(expectDone(made.aiteam(['run', '--slot', 'gpu', '--', 'true'], { cwd: made.folder }), 2).stderr).toContain('slots are heavy, net; "slots:" in .aiteam.yaml or your own configuration');
    made.write({ 'config.yaml': 'version: 1\nslots: {heavy: 0}\n' }, join(made.folder, 'home', '.config', 'aiteam'));
    expect(expectDone(made.aiteam(['run', '--', 'true']), 2).stderr).toContain('how many may be in it at once');
  });

  // Seen to fail where one more than there are places was let in.
  it('of forty at once never more than two are in, and nothing is left of them', async () => {
    const made = scratch();
    made.write({ '.aiteam.yaml': 'version: 1\nslots: {heavy: 2}\n' });
    // Whoever finds both places taken was the third.
    const check = 'mkdir 1 2>/dev/null && mine=1 || { mkdir 2 && mine=2; } || { echo third >> faults; exit 1; }; i=0; while [ $i -lt 300 ]; do i=$((i+1)); done; rmdir $mine; echo done >> log';
    const all = await Promise.all(Array.from({ length: 40 }, () => made.start(['run', '--', 'sh', '-c', check])));
    for (const one of all) expectDone(one);
    expect(existsSync(join(made.repo, 'faults'))).toBe(false);
    expect(made.read('log')).toBe('done\n'.repeat(40));
    expect(slotsOf(made)).toEqual([expect.objectContaining({ slot: 'heavy', places: 2, holders: [], waiting: [] })]);
    const root = join(made.env['HOME'] ?? '', '.local', 'state', 'aiteam', 'slots');
    expect(readdirSync(root).flatMap((host) => readdirSync(join(root, host)))).toEqual([]);
  });

  it('says who holds and who waits; Ctrl-C leaves nothing; a command outlives the kill of its aiteam, and so does its place', async () => {
    const made = scratch();
    const first = await holder(made, { AITEAM_AGENT: 'glm' });
    const second = start(made, ['run', '--', 'echo', 'second'], { AITEAM_AGENT: 'claude' });
    await waits(second);
    expect(second.said()).toMatch(/^waiting for slot heavy: held by glm in repo for \d+ s \(sh -c /);
    const given = start(made, ['run', '--', 'true']);
    await waits(given);
    expect(given.said()).toContain(', 1 before us');
    given.child.kill('SIGINT');
    expect(await given.finished).toMatchObject({ signal: 'SIGINT', stdout: '' });

    const [slot] = slotsOf(made);
    expect(slot).toMatchObject({ slot: 'heavy', places: 1, holders: [{ agent: 'glm', repository: 'repo', pid: first.child.pid, orphaned: false }], waiting: [{ agent: 'claude' }] });
    expect(expectDone(made.aiteam(['slots'])).stdout).toMatch(/^heavy {2}1 place\n {2}holds {2}glm {2}\d+ s {2}sh -c .*\n {2}waits {2}claude /);

    first.child.kill('SIGKILL');
    await vi.waitFor(() => expect(slotsOf(made)[0]).toMatchObject({ holders: [{ agent: 'glm', orphaned: true }], waiting: [{ agent: 'claude' }] }), { timeout: 20_000 });
    process.kill(first.command, 'SIGKILL');
    expect(expectDone(await second.finished).stdout).toBe('second\n');
  });

  it('a signal is passed on, and what the command makes of it counts', async () => {
    const made = scratch();
    const started = start(made, ['run', '--', 'sh', '-c', 'trap "echo told; exit 3" TERM; touch ready; while :; do sleep 0.05; done']);
    await vi.waitFor(() => expect(existsSync(join(made.repo, 'ready'))).toBe(true), { timeout: 20_000 });
    started.child.kill('SIGTERM');
    expect(await started.finished).toMatchObject({ code: 3, stdout: 'told\n' });
  });

  it('one inside of another does not wait for itself, but what outlives it waits like everybody', () => {
    const made = scratch();
    const binary = 'node "$1" run -- sh -c "env | grep SLOTS_HELD"';
    const ran = expectDone(made.aiteam(['run', '--', 'sh', '-c', binary, 'sh', join(import.meta.dirname, '../../dist/main.js')]));
    expect(ran.stderr).toBe('');
    const held = ran.stdout.trim().replace('AITEAM_SLOTS_HELD=', '');
    expect(held).toMatch(/^heavy\/\d{12}\./);
    expect(expectDone(made.aiteam(['run', '--', 'sh', '-c', 'echo $AITEAM_SLOTS_HELD'], { env: { AITEAM_SLOTS_HELD: held } })).stdout).toMatch(new RegExp(`^${held} heavy/`));
  });
});

it('a gate waits for its slot, and says so', async () => {
  const made = gatedTeam(['glm'], ['{name: tests, run: "true", slot: heavy}', '{name: more, run: "true", slot: mine}']);
  made.write({ 'config.yaml': 'version: 1\nslots: {mine: 1}\n' }, join(made.folder, 'home', '.config', 'aiteam'));
  made.commit({ 'glm.txt': 'x\n' }, 'work', made.worktree('glm'));
  const first = await holder(made);
  const landing = start(made, ['integrate']);
  await waits(landing);
  expect(slotsOf(made)[0]).toMatchObject({ waiting: [expect.objectContaining({ command: 'gate tests' })] });
  process.kill(first.command, 'SIGTERM');
  expect(await first.finished).toMatchObject({ code: 143 });
  expect(expectDone(await landing.finished).stdout).toContain('landed');
  expect(spawnSync('kill', ['-0', String(first.command)]).status).not.toBe(0);
});
