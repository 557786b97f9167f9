import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { CANARY } from '../support/fake-client.ts';
import { BINARY, expectDone, scratch, team, type Finished, type Scratch } from '../support/scratch.ts';

const runsOf = (made: Scratch): number => (existsSync(join(made.folder, 'runs')) ? readFileSync(join(made.folder, 'runs'), 'utf8').length : 0);

/** Runs a line of sh with the cache; each run leaves a mark outside of the repository. */
function cached(made: Scratch, agent: string, line: string, ...options: string[]): Finished {
  return made.aiteam(['run', '--cached', ...options, '--', 'sh', '-c', `printf x >> ${made.folder}/runs; ${line}`], { cwd: made.worktree(agent) });
}

describe('aiteam run --cached', () => {
  const line = 'echo out; echo err >&2; exit 3';

  it('gives every agent the result of the first who ran it on the same content, and runs it anew on any other', () => {
    const made = team('glm', 'claude');
    expect(cached(made, 'glm', line)).toMatchObject({ code: 3, stdout: 'out\n', stderr: 'err\n' });
    const served = cached(made, 'claude', line);
    expect(served).toMatchObject({ code: 3, stdout: 'out\n' });
    expect(served.stderr).toMatch(/^from the cache: run by glm just now, it took \d+ seconds? and exited with 3; --no-cache runs it anew\nerr\n$/);
    expect(runsOf(made)).toBe(1);

    made.write({ 'untracked.txt': 'x' }, made.worktree('claude'));
    expect(cached(made, 'claude', line).stderr).toBe('err\n');
    // Committed it is the same content.
    made.commit({}, 'work', made.worktree('claude'));
    expect(cached(made, 'claude', line).stderr).toContain('from the cache: run by claude');
    expect(runsOf(made)).toBe(2);
    expect(cached(made, 'claude', `${line} `).stderr).toBe('err\n');
    expect(cached(made, 'claude', line, '--no-cache').stderr).toBe('err\n');
    expect(runsOf(made)).toBe(4);

    expect(cached(made, 'claude', 'cat app.txt', '--input', 'app.txt').code).toBe(0);
    expect(cached(made, 'glm', 'cat app.txt', '--input', 'app.txt').stderr).toContain('from the cache: run by claude');
    const env = { env: { CI: '1' }, cwd: made.worktree('glm') };
    expect(cached(made, 'glm', 'cat app.txt', '--input', 'app.txt', '--env', 'CI').stderr).toBe('');
    expect(made.aiteam(['run', '--cached', '--env', 'CI', '--input', 'app.txt', '--', 'sh', '-c', `printf x >> ${made.folder}/runs; cat app.txt`], env).stderr).toBe('');
    expect(runsOf(made)).toBe(7);
  });

  it('keeps nothing that is no answer, that is too long, or whose files changed meanwhile', () => {
    const made = team('glm');
    made.write({ '.aiteam.yaml': `${made.read('.aiteam.yaml')}\ncache: {largest: 1kB}\n` });
    const twice = (what: string): string => {
      const first = cached(made, 'glm', what);
      const before = runsOf(made);
      cached(made, 'glm', what);
      expect(runsOf(made), what).toBe(before + 1);
      return first.stderr;
    };
    expect(twice('kill -9 $$')).toBe('not kept in the cache: it was ended by SIGKILL\n');
    expect(twice('exit 127')).toContain('not kept in the cache: exit 127');
    expect(twice('exit 137')).toContain('something was ended by a signal');
    // No signal has such a number: PHP and ssh fail so.
    expect([cached(made, 'glm', 'exit 255').stderr, cached(made, 'glm', 'exit 255').stderr]).toEqual(['', expect.stringMatching(/^from the cache: .* exited with 255/)]);
    expect(twice('date +%N > made.txt')).toBe('not kept in the cache: files changed while it ran\n');
    expect(twice('head -c 2000 /dev/zero')).toBe('not kept in the cache: it printed more than an entry may have\n');
    made.git(['init', '-q', 'nested'], { cwd: made.worktree('glm') });
    made.git(['commit', '-q', '--allow-empty', '-m', 'x'], { cwd: join(made.worktree('glm'), 'nested') });
    expect(twice('true')).toBe('not from the cache, and not kept: git does not see what is in nested/\n');
    expect(readdirSync(join(made.repo, '.git', 'aiteam', 'cache', 'running'))).toEqual([]);
    // What it leaves does not take its answer away: it was seen to be exit 1.
    expect(cached(made, 'glm', 'rm -r nested', '--no-slot').code).toBe(0);
    expect(cached(made, 'glm', 'rm .git; exit 4')).toMatchObject({ code: 4, stderr: expect.stringContaining('not kept in the cache: nothing is committed here') });
  });

  // Seen to stand in the cache, and to be given to claude.
  it('keeps nothing with a provider\'s key in it', () => {
    const made = team('glm', 'claude');
    made.write({ 'home/.config/aiteam/config.yaml': 'version: 1\nproviders: {acme: {address: "https://acme.example", token: ACME_SECRET}}\n' }, made.folder);
    for (const [name, stream] of [['ANTHROPIC_AUTH_TOKEN', 1], ['ACME_SECRET', 2]] as const) {
      const ran = made.aiteam(['run', '--cached', '--', 'sh', '-c', `echo one >&${stream}; echo "key $${name}" >&${stream}; echo two`], { cwd: made.worktree('glm'), env: { [name]: CANARY } });
      expect(ran.stderr).toContain(`not kept in the cache: it printed the value of ${name}\n`);
    }
    const files = readdirSync(join(made.repo, '.git', 'aiteam'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(CANARY))).toEqual([]);
  });

  it('of several who ask at once one runs it, and the others get that', async () => {
    const made = team('glm', 'claude');
    const go = join(made.folder, 'go');
    const args = ['run', '--cached', '--no-slot', '--', 'sh', '-c', `printf x >> ${made.folder}/runs; until [ -e ${go} ]; do sleep 0.02; done; echo done`];
    let said = '';
    const first = made.start(args, { cwd: made.worktree('glm') });
    await vi.waitFor(() => expect(runsOf(made)).toBe(1), { timeout: 20_000 });
    const second = made.start(args, { cwd: made.worktree('claude'), onSpawn: (child) => child.stderr?.on('data', (chunk: Buffer) => { said += chunk.toString('utf8'); }) });
    await vi.waitFor(() => expect(said).toMatch(/^waiting for the same command: held by glm in repo for /), { timeout: 20_000 });
    writeFileSync(go, '');
    expect(expectDone(await first)).toMatchObject({ stdout: 'done\n', stderr: '' });
    expect(expectDone(await second).stdout).toBe('done\n');
    expect(said).toContain('from the cache: run by glm');
    expect(runsOf(made)).toBe(1);
  });

  // Seen to fail where it waits for its turn in a slot too: both waited for ever, one for the slot and one for the result.
  it('what runs in a slot does not wait for who waits for that slot', async () => {
    const made = team('glm', 'claude');
    const go = join(made.folder, 'go');
    const asked = ['run', '--cached', '--', 'sh', '-c', `printf x >> ${made.folder}/runs; echo done`];
    const inside = `: > ${made.folder}/in; until [ -e ${go} ]; do sleep 0.02; done; exec "$@"`;
    let said = '';
    const holding = made.start(['run', '--', 'sh', '-c', inside, 'sh', process.execPath, BINARY, ...asked], { cwd: made.worktree('claude') });
    await vi.waitFor(() => expect(existsSync(join(made.folder, 'in'))).toBe(true), { timeout: 20_000 });
    const waiting = made.start(asked, { cwd: made.worktree('glm'), onSpawn: (child) => child.stderr?.on('data', (chunk: Buffer) => { said += chunk.toString('utf8'); }) });
    await vi.waitFor(() => expect(said).toContain('waiting for slot heavy: held by claude'), { timeout: 20_000 });
    writeFileSync(go, '');
    expect(expectDone(await holding)).toMatchObject({ stdout: 'done\n', stderr: '' });
    expect(expectDone(await waiting).stdout).toBe('done\n');
    expect(runsOf(made)).toBe(2);
  });

  it('refuses where there is no repository that is set up, and options that mean nothing without it', () => {
    const made = scratch();
    expect(expectDone(made.aiteam(['run', '--cached', '--', 'touch', 'ran']), 1).stderr).toContain('aiteam init');
    expect(expectDone(made.aiteam(['run', '--cached', '--', 'touch', 'ran'], { cwd: made.folder }), 1).stderr).toContain('run it without --cached');
    expect(expectDone(made.aiteam(['run', '--no-cache', '--', 'touch', 'ran']), 2).stderr).toContain('go with --cached');
    expect(existsSync(join(made.repo, 'ran')) || existsSync(join(made.folder, 'ran'))).toBe(false);
  });
});
