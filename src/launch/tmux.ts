import { setTimeout as sleep } from 'node:timers/promises';
import { outputTime, REDRAW_SECONDS } from '../core/idle.ts';
import { signalProcess } from '../process/family.ts';
import { ProcessError, run, type Env } from '../process/run.ts';

/** Our own tmux server for one repository, and from where it is talked to. */
export interface Tmux {
  /** The name of its socket. */
  readonly socket: string;
  /** The folder in which windows begin. A format of tmux would be executed in its place: it is never an argument. */
  readonly cwd: string;
  /** What the server is started with and every window inherits: no key may be in it. */
  readonly env: Env;
}

/** The first pane of an agent's window. */
export interface Pane {
  readonly agent: string;
  /** tmux's ids, `@1` and `%1`: names would match beginnings, and `.` and `:` would part them. */
  readonly window: string;
  readonly pane: string;
  readonly pid: number;
  /** Its exit code, 128 and the number of a signal; null while it runs. */
  readonly exitCode: number | null;
  /** When it last showed something of its own, epoch milliseconds. */
  readonly outputAt: number;
}

export interface NewWindow {
  readonly agent: string;
  readonly command: readonly string[];
}

const SESSION = 'ai-team';
/** What is noted of a window each time it gets another size: when that was, and when it had last shown something of its own. */
const [RESIZED, BEFORE, NOW] = ['@aiteam-resized', '@aiteam-output', '@aiteam-now'];
/** The times of a window, for `outputOf`. */
export const TIMES = ['window_activity', RESIZED, BEFORE].map((name) => `#{${name}}`).join('|');
const FORMAT = `${['window_id', 'pane_id', 'pane_pid', 'pane_dead', 'pane_dead_status', 'pane_dead_signal'].map((name) => `#{${name}}`).join('|')}|${TIMES}|#{pid}|#{pane_start_command}`;

/** The words before every command of tmux. */
function words({ socket }: Tmux): string[] {
  return ['-u', '-L', socket];
}

/** Whether the session is there, be it with windows of the person's own only. */
export async function isUp(tmux: Tmux): Promise<boolean> {
  return (await run('tmux', [...words(tmux), 'has-session', '-t', `=${SESSION}`], { ...tmux, accept: [0, 1] })).exitCode === 0;
}

/** The windows that were opened for agents, whatever they are called by now; none where there is no server. */
export async function listPanes(tmux: Tmux): Promise<Pane[]> {
  try {
    const panes = (await paneLines(tmux)).flatMap((line) => readPane(line) ?? []);
    const age = ({ pane }: Pane): number => Number(pane.slice(1));
    return panes.filter((pane) => !panes.some((other) => other.window === pane.window && age(other) < age(pane)));
  } catch (error) {
    if (error instanceof ProcessError && /^(no server running|error connecting|server exited|can't find )/.test(error.stderr)) return [];
    throw error;
  }
}

/** Which field of `FORMAT` is the process of tmux itself. */
const SERVER = 9;
const REAPED_MS = 2_000;

/** A line for each pane that was opened for an agent. One is dead once its terminal is closed, which can be before tmux knows how its process ended: that is waited for, and since tmux at times misses it for good, it is told to look. */
async function paneLines(tmux: Tmux): Promise<string[]> {
  for (const deadline = Date.now() + REAPED_MS; ;) {
    const { stdout } = await run('tmux', [...words(tmux), 'list-panes', '-s', '-t', `=${SESSION}`, '-F', FORMAT], tmux);
    const lines = stdout.toString('utf8').split('\n').filter((line) => OURS.test(line));
    const unknown = lines.find((line) => /^([^|]*\|){3}1\|\|\|/.test(line));
    if (unknown === undefined || Date.now() >= deadline) return lines;
    signalProcess(Number(unknown.split('|')[SERVER]), 'SIGCHLD');
    await sleep(10);
  }
}

/** How a window of an agent was started; the agent is the last word. */
const OURS = / exec --handed .* ([a-z][\w.-]*)$/;

/** A pane that was opened for an agent, or null: a window's name can be changed, what was started in it cannot. */
function readPane(line: string): Pane | null {
  const [window = '', pane = '', pid = '', dead = '', status = '', signal = '', activity = '', resized = '', before = '', _server, ...started] = line.split('|');
  const exitCode = dead !== '1' ? null : status !== '' ? Number(status) : 128 + Number(signal);
  const [, agent] = OURS.exec(started.join('|')) ?? [];
  return agent === undefined ? null : { agent, window, pane, pid: Number(pid), exitCode, outputAt: outputOf([activity, resized, before]) };
}

/** When a window last showed something of its own, epoch milliseconds, by its `TIMES`: the end of the second that tmux tells. */
export function outputOf([activity = '', resized = '', before = '']: readonly string[]): number {
  const time = (text: string): number | null => (text === '' ? null : Number(text));
  return outputTime({ activity: Number(activity), resized: time(resized), before: time(before) }) * 1000 + 999;
}

/** What holds for the windows whatever the user's own configuration says: what ended stays to be read, names stay. */
const OPTIONS = [
  ['set-option', '-g', 'destroy-unattached', 'off'], ['set-option', '-gw', 'remain-on-exit', 'on'],
  ['set-option', '-gw', 'automatic-rename', 'off'], ['set-option', '-gw', 'allow-rename', 'off'], ['set-option', '-g', 'history-limit', '20000'],
];

/** Opens a window for each, at once, and then closes those given: the session lives on meanwhile. */
export async function openWindows(tmux: Tmux, windows: readonly NewWindow[], state: { readonly isUp: boolean; readonly close: readonly Pane[] }): Promise<void> {
  const [first, ...others] = windows;
  if (first === undefined) return;
  const begin = state.isUp ? [newWindow(first)] : [['new-session', '-d', '-s', SESSION, '-n', first.agent, '-x', '200', '-y', '50', '--', ...first.command.map(literal)]];
  await chain(tmux, [...OPTIONS, ...begin, ...others.map(newWindow), ...state.close.map(({ window }) => ['kill-window', '-t', window])]);
  if (!state.isUp) await noteSizes(tmux);
}

/**
 * Has tmux note when a window gets another size, as by somebody who looks at it in another terminal: its client draws its picture
 * anew then, which tmux counts as activity. A tmux that knows no such hook counts it for good.
 */
async function noteSizes(tmux: Tmux): Promise<void> {
  const own = `#{e|>:#{window_activity},#{e|+:0#{${RESIZED}},${REDRAW_SECONDS}}}`;
  try {
    await chain(tmux, [
      ['set-option', '-g', NOW, '%s'],
      ['set-hook', '-g', 'window-resized[77]', `set-option -wF ${BEFORE} "#{?${own},#{window_activity},#{${BEFORE}}}" ; set-option -wF ${RESIZED} "#{T:${NOW}}"`],
    ]);
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
  }
}

function newWindow({ agent, command }: NewWindow): string[] {
  return ['new-window', '-d', '-t', `=${SESSION}:`, '-n', agent, '--', ...command.map(literal)];
}

/** Closes windows; what runs in them is told to hang up. With the last one the server ends. */
export async function closeWindows(tmux: Tmux, panes: readonly Pane[]): Promise<void> {
  if (panes.length > 0) await chain(tmux, panes.map(({ window }) => ['kill-window', '-t', window]));
}

/** Types a text into a pane as one paste, and then Enter. */
export async function pasteInto(tmux: Tmux, { pane }: Pane, text: string): Promise<void> {
  const buffer = `aiteam-${process.pid}-${pane.slice(1)}`;
  await run('tmux', [...words(tmux), 'load-buffer', '-b', buffer, '-'], { ...tmux, input: text });
  // Somebody who scrolls back would read it in the client's place.
  await chain(tmux, [['copy-mode', '-q', '-t', pane], ['paste-buffer', '-p', '-d', '-b', buffer, '-t', pane], ['send-keys', '-t', pane, 'Enter']]);
}

/** The last lines of a pane, those that have scrolled out of it too, without the empty ones at the end. */
export async function lastLines(tmux: Tmux, { pane }: Pane, count: number): Promise<string[]> {
  const { stdout } = await run('tmux', [...words(tmux), 'capture-pane', '-p', '-J', '-t', pane, '-S', `-${count}`], tmux);
  const lines = stdout.toString('utf8').split('\n').map((line) => line.trimEnd());
  // tmux writes this one itself.
  const shown = lines.filter((line) => !/^Pane is dead \(.*\)$/.test(line));
  return shown.slice(0, shown.findLastIndex((line) => line !== '') + 1).slice(-count);
}

/** The arguments by which tmux shows the session in this terminal, at that pane where one is given. */
export function attachArguments(tmux: Tmux, pane: Pane | null): string[] {
  return [...words(tmux), ...(pane === null ? [] : ['select-window', '-t', pane.window, ';']), 'attach-session', '-t', `=${SESSION}`];
}

async function chain(tmux: Tmux, commands: readonly (readonly string[])[]): Promise<void> {
  await run('tmux', [...words(tmux), ...commands.flatMap((command, index) => (index === 0 ? command : [';', ...command]))], tmux);
}

/** A word that tmux takes as it is: one that ends in `;` would end the command. */
function literal(word: string): string {
  return word.endsWith(';') ? `${word.slice(0, -1)}\\;` : word;
}
