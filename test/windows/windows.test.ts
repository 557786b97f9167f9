import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CANARY } from '../support/fake-client.ts';
import { expectDone, script } from '../support/scratch.ts';
import { until, windowed } from '../support/windowed.ts';

/** The text of every file below a folder that can be read. */
function textBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

/** The arguments of every process of the machine. */
function allArguments(): string {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    } catch {
      return '';
    }
  }).join('\n');
}

describe('aiteam up', () => {
  it('opens a window for each agent in its worktree and environment, and keeps keys out of everything that others can see', () => {
    const { made, env, up, ask, started } = windowed(['glm-4.7', 'claude'], 'echo up\nexec sleep 1000', { AITEAM_AGENT: 'other' });
    const opened = expectDone(up('up', 'glm-4.7', '--prompt', 'say "it"\n\'now\' $(x) #(y) ü;', '--json'));
    expect(JSON.parse(opened.stdout)).toEqual({ version: 1, agents: [{ agent: 'glm-4.7', outcome: 'started', before: null, ended: null, prompt: 'argument', paused: null }] });
    expect(started('claude')).toMatchObject({
      cwd: made.worktree('glm-4.7'), argv: ['--dangerously-skip-permissions', '--', 'say "it"', '\'now\' $(x) #(y) ü;'],
      env: { ANTHROPIC_AUTH_TOKEN: CANARY, ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: 'https://api.z.ai/api/anthropic', AI_AGENT_ID: 'glm-4.7', AITEAM_AGENT: 'glm-4.7' },
    });
    expect(Object.keys(started('claude')?.env ?? {})).not.toEqual(expect.arrayContaining(['DEEPSEEK_API_KEY']));
    expect(expectDone(up('up')).stdout.split('\n').sort()).toEqual(['', 'at work already  glm-4.7', 'next: aiteam attach', 'started  claude']);

    const shown = [
      allArguments(), ask('show-environment', '-g'), ask('show-environment', '-t', '=ai-team'), ask('show-options', '-g'), ask('show-options', '-gw'), ask('show-options', '-s'), ask('list-buffers'),
      ask('list-panes', '-s', '-F', '#{pane_start_command} #{pane_title} #{window_name}'), ...['%0', '%1'].map((pane) => ask('capture-pane', '-p', '-S', '-', '-t', pane)),
      textBelow(made.repo), textBelow(join(made.folder, 'home')), ...['status', 'log', 'logs', 'whoami'].map((verb) => up(verb, ...(verb === 'logs' ? ['claude'] : [])).stdout), opened.stderr,
    ];
    expect(shown[1]).toContain('PATH=');
    for (const text of shown) expect(text).not.toContain(CANARY);
    expect(readdirSync(made.folder).filter((name) => name.startsWith('aiteam-up-'))).toEqual([]);

    // Seen to fail where nobody looked: the client went on in a folder that was gone.
    const asPerson = (...args: string[]): string => expectDone(made.aiteam(args, { env: { ...env, AITEAM_AGENT: '' } }), 1).stderr;
    expect(asPerson('worktree', 'remove', 'glm-4.7')).toBe('error: glm-4.7 is at work in a window\nhint: aiteam down glm-4.7, which leaves the work where it is\n');
    expect(asPerson('uninstall')).toContain('glm-4.7 and claude are at work in a window');

    // Windows are closed one by one; with the last one the server ends.
    expect(expectDone(up('down', 'claude', 'nobody')).stdout).toBe('closed  claude\nno window  nobody\n');
    expect(ask('list-windows', '-t', '=ai-team', '-F', '#{window_name}')).toBe('glm-4.7\n');
    expect(expectDone(up('down')).stdout).toBe('closed  glm-4.7\n');
    expect(() => ask('list-sessions')).toThrow(/no server running/);
    expect(expectDone(up('down')).stdout).toBe('no window is open\n');
    expect(expectDone(up('logs', 'claude'), 1).stderr).toBe('error: claude has no window\nhint: open it: aiteam up claude\n');
  });

  it('refuses before anything starts, for everybody at once, and says how to go on', () => {
    const { made, env, ask, started } = windowed(['glm', 'claude'], 'exec sleep 1000');
    made.write({ '.aiteam.yaml': 'version: 1\nagents: { glm: {}, claude: {}, deepseek: {} }\n' });
    const { Z_AI_API_KEY: _one, DEEPSEEK_API_KEY: _two, ...rest } = env;
    const refused = expectDone(made.aiteam(['up', '--json'], { env: rest }), 1);
    expect(refused.stderr).toMatch(/^error: glm needs a key of Z.ai GLM: Z_AI_API_KEY is not set\ndeepseek needs a key of DeepSeek: DEEPSEEK_API_KEY is not set\n(hint: .*\n)*hint: only the others: aiteam up claude\n$/);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'key-missing' } });
    expect(expectDone(made.aiteam(['up', 'gml'], { env }), 1).stderr).toContain('there is no agent gml here');
    expect(expectDone(made.aiteam(['up', 'glm', '--prompt', 'a\u001b[201~b'], { env }), 2).stderr).toContain('control characters');
    expect(expectDone(made.aiteam(['up', 'glm', '--prompt', ' \n'], { env }), 2).stderr).toContain('the text is empty');
    expect(expectDone(made.aiteam(['up', 'glm', '--attach'], { env }), 1).stderr).toContain('this is no terminal');
    expect(existsSync(made.worktree('deepseek'))).toBe(false);
    expect(expectDone(made.aiteam(['exec', '--handed', join(made.folder, 'gone'), 'glm'], { env }), 1).stderr).toContain('the command that opened this window has gone');
    const bare = join(made.folder, 'bare');
    const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    script(join(bare, 'git'), `#!/bin/sh\nexec ${git} "$@"\n`);
    expect(expectDone(made.aiteam(['up', 'glm'], { env: { ...env, PATH: bare } }), 1).stderr).toBe(
      'error: tmux is not installed, and the windows are its\nhint: apt-get install tmux, or brew install tmux\nhint: without it, in a terminal of its own each: aiteam exec glm\n',
    );
    expect(started('claude')).toBeNull();
    expect(() => ask('list-sessions')).toThrow(/./);
    // Named alone, one that is only configured gets its worktree.
    expectDone(made.aiteam(['up', 'deepseek'], { env }));
    expect(started('claude')).toMatchObject({ cwd: made.worktree('deepseek') });
  });

  // Seen to fail in two of twelve runs where tmux is not told to look: it never learns how the process ended.
  it('keeps the window of a client that ended, says how it ended, and starts only that one again', async () => {
    const { env, up, ask, made } = windowed(['glm', 'claude'], 'echo "last words \u001b[31mred"\nif [ "$AITEAM_AGENT" = glm ] && [ ! -e ../lived ]; then touch ../lived; exit 7; fi\nexec sleep 1000');
    expect([0, 3]).toContain(up('up').code);
    const dead = (): string => ask('list-panes', '-s', '-t', '=ai-team', '-F', '#{window_name} #{pane_dead} #{pane_dead_status} #{window_id}');
    await until(() => (JSON.parse(up('logs', 'glm', '--json').stdout) as { ended: number | null }).ended !== null);
    expect(JSON.parse(expectDone(up('logs', 'glm', '--json')).stdout)).toMatchObject({ ended: 7, lines: ['last words red'] });
    expect(expectDone(up('send', 'glm', 'hi'), 1).stderr).toContain('glm has ended with exit code 7\nhint: what it said last: aiteam logs glm\n');
    const claude = dead().split('\n').find((line) => line.startsWith('claude'));
    expect(expectDone(made.aiteam(['up'], { env })).stdout).toBe('started  glm\n  the one before ended with exit code 7\n    last words red\nat work already  claude\nnext: aiteam attach\n');
    expect(dead()).toContain(claude);
    expect(dead()).toMatch(/^glm 0 /m);
    expect(dead().trim().split('\n')).toHaveLength(2);
  });
});

// Seen to fail where windows are known by their names: `down` closed the person's own too, and not the agent's alone.
it('knows a window that got another name, and leaves windows of the person\'s own alone', () => {
  const { made, up, ask } = windowed(['glm'], 'exec sleep 1000');
  expectDone(up('up'));
  ask('rename-window', '-t', '=ai-team:', 'mine now');
  ask('new-window', '-d', '-t', '=ai-team:', '-n', 'glm', 'sleep 1000');
  expect(expectDone(up('up')).stdout).toContain('at work already  glm');
  expect(expectDone(made.aiteam(['worktree', 'remove', 'glm'], { env: { TMUX_TMPDIR: join(made.folder, 'sockets') } }), 1).stderr).toContain('glm is at work in a window');
  expect(expectDone(up('down')).stdout).toBe('closed  glm\n');
  expect(ask('list-windows', '-t', '=ai-team', '-F', '#{window_name}')).toBe('glm\n');
  expect(expectDone(up('attach'), 1).code).toBe(1);
  expect(expectDone(up('up')).stdout).toContain('started  glm');
  expect(ask('list-windows', '-t', '=ai-team', '-F', '#{window_name}')).toBe('glm\nglm\n');
});

describe('a prompt', () => {
  const LONG = "€ 'quoted' text".repeat(40).concat(' "and more"\n').repeat(75);

  it('arrives whole in a client that must be typed to, and what is sent later too', async () => {
    const body = 'stty raw -echo\nprintf "\\033[?2004hready"\nexec cat >"$PWD.typed"';
    const { made, env, up } = windowed(['glm'], 'exit 9');
    script(join(made.folder, 'clients', 'typist'), `#!/bin/sh\n${body}\n`);
    made.write({ 'config.yaml': 'version: 1\nagents: { glm: { command: typist } }\n' }, join(made.env['XDG_CONFIG_HOME'] ?? '', 'aiteam'));
    made.write({ 'prompt.txt': LONG }, made.folder);
    expect(Buffer.byteLength(LONG)).toBeGreaterThan(50_000);
    expect(JSON.parse(expectDone(made.aiteam(['up', 'glm', '--prompt-file', join(made.folder, 'prompt.txt'), '--json'], { env })).stdout)).toMatchObject({ agents: [{ prompt: 'pasted' }] });
    const typed = (): string => readFileSync(`${made.worktree('glm')}.typed`, 'utf8');
    const pasted = (text: string): string => `\u001b[200~${text.replaceAll('\n', '\r')}\u001b[201~\r`;
    await until(() => typed().length >= pasted(LONG).length);
    expect(typed()).toBe(pasted(LONG));
    expect(expectDone(up('send', 'glm', 'one\r\ntwo #(touch x) $(y);')).stdout).toBe('sent to glm\n');
    await until(() => typed().length > pasted(LONG).length + 10);
    await until(() => typed().endsWith('\r'));
    expect(typed().slice(pasted(LONG).length)).toBe(pasted('one\ntwo #(touch x) $(y);'));
  });
});
