import { describe, expect, it } from 'vitest';
import { expectDone } from '../support/scratch.ts';
import { until, windowed, type Windowed } from '../support/windowed.ts';

interface Closed {
  readonly agent: string;
  readonly outcome: string;
  readonly idleMs: number | null;
  readonly uncommitted: { readonly untracked: number } | null;
}

const down = ({ up }: Windowed, ...args: string[]): Closed[] => (JSON.parse(expectDone(up('down', ...args, '--json')).stdout) as { agents: Closed[] }).agents;

/** Waits until the window has shown nothing for so many seconds, by tmux's own clock. */
async function silent({ ask }: Windowed, agent: string, seconds: number): Promise<void> {
  await until(() => Date.now() / 1000 - Number(ask('display-message', '-p', '-t', `=ai-team:${agent}`, '#{window_activity}')) > seconds);
}

describe('aiteam down --idle', () => {
  it('closes only windows that have shown nothing for so long, whose branch got no commit, and says what is left there', async () => {
    const windows = windowed(['glm', 'claude', 'kimi'], 'echo up\n[ "$AITEAM_AGENT" = glm ] && while :; do echo at work; sleep 0.02; done\nexec sleep 1000', { MOONSHOT_API_KEY: 'x' });
    const { made, up } = windows;
    expectDone(up('up'));
    expect(expectDone(up('down', '--idle'), 1).stderr).toBe('error: nothing says how long is idle\nhint: aiteam down --idle 30m\nhint: or idle: 30m in .aiteam.yaml or your own configuration\n');
    expect(expectDone(up('down', '--idle', 'glm'), 2).stderr).toContain('a time is expected, such as 30m or 2h; names of agents stand before the option');
    await silent(windows, 'claude', 3);
    await silent(windows, 'kimi', 3);
    made.write({ 'new.txt': 'x\n' }, made.worktree('claude'));
    made.commit({ 'a.txt': 'x\n' }, 'just now', made.worktree('kimi'));
    // What we look at ourselves is no sign of life.
    expect(up('logs', 'claude').stdout).toBe('up\n');
    expect(expectDone(up('down', 'claude', 'glm', '--idle', '1h')).stdout).toMatch(/^kept {2}glm {2}idle for 0 s\nkept {2}claude {2}idle for \d+ s\n$|^kept {2}claude {2}idle for \d+ s\nkept {2}glm {2}idle for 0 s\n$/);
    const closed = new Map(down(windows, '--idle', '2s').map((one) => [one.agent, one]));
    expect([...closed.values()].map(({ agent, outcome }) => `${agent} ${outcome}`).sort()).toEqual(['claude closed', 'glm kept', 'kimi kept']);
    expect(closed.get('claude')?.idleMs).toBeGreaterThanOrEqual(2000);
    expect(closed.get('claude')?.uncommitted).toMatchObject({ untracked: 1 });
    expect(made.read('new.txt', made.worktree('claude'))).toBe('x\n');
    // Without a time each is measured by its own, where it has one.
    made.write({ '.aiteam.yaml': 'version: 1\nagents: { kimi: { idle: 1s }, glm: { idle: 7d }, claude: }\n' });
    await until(() => down(windows, 'kimi', '--idle').some(({ outcome }) => outcome !== 'kept'));
    expect(down(windows, '--idle').map(({ agent, outcome }) => [agent, outcome])).toEqual([['glm', 'kept']]);
    expect(expectDone(up('down', 'claude', 'glm')).stdout).toBe('closed  glm\nno window  claude\n');
  });

  // Seen to fail without the hook: tmux counts the picture that is drawn anew as activity.
  it('does not take a picture that is drawn anew, for a terminal of another size, for work', async () => {
    const windows = windowed(['glm'], 'echo up\ntrap "echo again" WINCH\nwhile :; do sleep 0.02; done');
    const { up, ask } = windows;
    expectDone(up('up'));
    await silent(windows, 'glm', 4);
    for (const width of ['90', '91']) {
      ask('resize-window', '-t', '=ai-team:glm', '-x', width, '-y', '40');
      await until(() => (up('logs', 'glm').stdout.match(/again/g) ?? []).length === Number(width) - 89);
    }
    expect(Date.now() / 1000 - Number(ask('display-message', '-p', '-t', '=ai-team:glm', '#{window_activity}'))).toBeLessThan(4);
    expect(down(windows, '--idle', '3s')).toMatchObject([{ agent: 'glm', outcome: 'closed' }]);
  });
});

describe('idle: in the configuration', () => {
  it('ends a client whose window is idle for that long, which then says why; what is at work goes on', async () => {
    const windows = windowed(['glm', 'claude'], 'echo up\n[ "$AITEAM_AGENT" = glm ] && while :; do echo at work; sleep 0.02; done\nexec sleep 1000');
    const { made, up, ask } = windows;
    made.write({ '.aiteam.yaml': 'version: 1\nidle: 2s\n' });
    made.write({ 'new.txt': 'x\n' }, made.worktree('claude'));
    expectDone(up('up'));
    const dead = (): string => ask('list-panes', '-s', '-t', '=ai-team', '-F', '#{window_name} #{pane_dead}');
    await until(() => dead().includes('claude 1'));
    expect(dead()).toContain('glm 0');
    expect(up('logs', 'claude').stdout).toMatch(/^up\nwarning: claude was ended: its window was idle for \d+ s; 1 file of its worktree is not committed\nhint: start it again: aiteam up claude\n$/);
    expect(expectDone(up('log')).stdout).toMatch(/ {2}claude's client was ended: its window had been idle for \d+ s\n/);
    expect(made.read('new.txt', made.worktree('claude'))).toBe('x\n');
    made.write({ '.aiteam.yaml': 'version: 1\n' });
    expect(expectDone(up('up')).stdout).toMatch(/started {2}claude\n {2}the one before ended with exit code 129\n.*\n.*was ended: its window was idle/);
  });
});
