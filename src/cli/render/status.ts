import { ago } from '../../core/ago.ts';
import type { Reach } from '../../core/budgets.ts';
import { moneyText, usedText } from '../../core/budget-text.ts';
import { escapeText, plural, truncate } from '../../core/text.ts';
import type { AgentSpending } from '../../operations/budgets/spending.ts';
import type { AgentStatus, TeamStatus } from '../../operations/status.ts';
import { reachJson, sumJson } from './spending.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

const INDENT = '    ';
const LONGEST_SUBJECT = 50;
const LONGEST_BRANCH = 40;
const SHORTEST_SUBJECT = 12;

/** A line an agent; on a narrow terminal what does not fit goes on indented lines below it. */
export function renderStatus(status: TeamStatus, style: Style): string {
  const rows = status.agents.map((agent) => ({ cells: cellsOf(agent, status, style), notes: notesOf(agent, status, style) }));
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map(({ cells }) => [...(cells[column]?.text ?? '')].length)));
  const lines = [
    cut(headline(status), style.width),
    ...rows.flatMap(({ cells, notes }) => rowLines(cells, notes, widths, style)),
    ...(status.agents.length === 0 ? [cut('no agent has a worktree yet', style.width)] : []),
    ...teamLine(status, style),
    ...(status.handoffs === 0 ? [] : ['', ...wrap(`${plural(status.handoffs, 'handoff')} waiting for you: aiteam handoff list`, style.width).map(style.cyan)]),
    ...(status.run === null ? [] : ['', ...wrap(runLine(status.run), style.width).map(style.yellow)]),
    ...(status.torn.length === 0 ? [] : ['', ...wrap(tornLine(status), style.width).map(style.yellow)]),
    ...(status.next.length === 0 ? [] : ['', ...status.next.map((command) => `${style.cyan('next')}: ${escapeText(command)}`)]),
  ];
  return `${lines.join('\n')}\n`;
}

function runLine(run: NonNullable<TeamStatus['run']>): string {
  if (!run.killed) return `integrate is at work: process ${run.pid}, ${run.phase}`;
  const landed = run.phase === 'landing' || run.phase === 'recording' ? 'what it landed is completed' : 'nothing of it landed';
  return `an integrate was killed while ${run.phase}; ${landed}: aiteam integrate starts anew`;
}

interface Cell {
  /** Without colour codes, so that its length is its width. */
  readonly text: string;
  readonly colour: (text: string) => string;
}

function headline({ target, at }: TeamStatus): string {
  const name = escapeText(target.branch);
  return target.tip === null ? `${name} does not exist` : `${name} at ${target.tip.id.slice(0, 8)}, ${ago(at - target.tip.at)}: ${escapeText(target.tip.subject)}`;
}

function cellsOf(agent: AgentStatus, { at }: TeamStatus, style: Style): Cell[] {
  const plain = (text: string): string => text;
  const { uncommitted, tip } = agent;
  const files = uncommitted === null ? null : uncommitted.changed + uncommitted.untracked;
  return [
    { text: agent.agent, colour: style.bold },
    { text: truncate(escapeText(agent.branch), LONGEST_BRANCH), colour: plain },
    { text: distance(agent), colour: agent.ahead > 0 ? style.green : style.dim },
    { text: files === null ? 'unseen' : files === 0 ? 'clean' : `${plural(files, 'file')} uncommitted`, colour: files === null || files > 0 ? style.yellow : style.dim },
    { text: tip === null ? 'no branch' : ago(at - tip.at), colour: tip === null ? style.red : style.dim },
    { text: tip === null ? '' : truncate(escapeText(tip.subject), LONGEST_SUBJECT), colour: plain },
  ];
}

/** How far the branch is from the target. */
function distance({ ahead, behind }: AgentStatus): string {
  const parts = [...(ahead > 0 ? [`${ahead} ahead`] : []), ...(behind > 0 ? [`${behind} behind`] : [])];
  return parts.length === 0 ? 'even' : parts.join(', ');
}

function notesOf(agent: AgentStatus, { target, at, spending }: TeamStatus, style: Style): Cell[] {
  const note = (text: string, colour: (text: string) => string): Cell => ({ text, colour });
  const plain = (text: string): string => text;
  const notes: Cell[] = [];
  if (agent.place === 'missing') notes.push(note(`worktree is gone: ${escapeText(agent.worktree)}`, style.red));
  else if (agent.place === 'detached') notes.push(note('worktree is on no branch (detached)', style.yellow));
  else if (agent.place !== 'on-branch') notes.push(note(`worktree is on ${escapeText(agent.place.onBranch)}`, style.yellow));
  if (agent.underWay !== null) notes.push(note(`in the middle of ${agent.underWay}`, style.yellow));
  if (agent.ready === 'ready') notes.push(note(agent.ahead > 0 ? 'ready' : `ready, and all of it is in ${escapeText(target.branch)}`, style.green));
  if (agent.ready === 'moved-on') notes.push(note('committed since it was called ready', style.yellow));
  if (agent.leftOver?.kind === 'ready') notes.push(note('done but not committed', style.yellow));
  if (agent.leftOver?.kind === 'idle') notes.push(note(`not committed, and last heard of ${ago(at - agent.leftOver.since)}`, style.yellow));
  if (agent.undoneAs !== null && agent.ahead > 0) notes.push(note(`its landing ${escapeText(agent.undoneAs)} was undone`, style.yellow));
  if (agent.onUndone.length > 0) notes.push(note(`builds on ${agent.onUndone.map(escapeText).join(', ')}, which was undone`, style.yellow));
  if (agent.conflicts.length > 0) notes.push(note(`${plural(agent.conflicts.length, 'conflict')} open`, style.red));
  if (agent.settled.length > 0) notes.push(note(`${plural(agent.settled.length, 'conflict')} settled`, style.green));
  if (agent.handoffs > 0) notes.push(note(`${plural(agent.handoffs, 'handoff')} waiting`, style.cyan));
  if (agent.shelves > 0) notes.push(note(plural(agent.shelves, 'shelf', 'shelves'), plain));
  if (agent.locks.length > 0) notes.push(note(`locks ${agent.locks.map(escapeText).join(', ')}`, plain));
  const money = spending.agents.get(agent.agent);
  if (money?.paused != null) notes.push(note('paused', style.red));
  if (money !== undefined) notes.push(...moneyNotes(money, style));
  if (agent.task !== null) notes.push(note(`task: ${escapeText(agent.task)}`, style.dim));
  return notes;
}

/** What of a budget is used, else what was spent; nothing where nothing is recorded. */
function moneyNotes({ sum, reach }: Pick<AgentSpending, 'sum' | 'reach'>, style: Style): Cell[] {
  if (reach !== null) return [{ text: `${usedText(reach)}${reach.allowed ? ', let go on' : ''}`, colour: colourOf(reach, style) }];
  return sum === null ? [] : [{ text: moneyText(sum), colour: style.dim }];
}

function colourOf({ state }: Reach, style: Style): (text: string) => string {
  return state === 'spent' ? style.red : state === 'nearly' ? style.yellow : style.dim;
}

/** What all agents spent together, where that says more than the lines above. */
function teamLine({ spending: { team, agents } }: TeamStatus, style: Style): string[] {
  const counted = [...agents.values()].filter(({ sum }) => sum !== null).length;
  if (team.reach === null && (team.sum === null || counted < 2)) return [];
  return moneyNotes(team, style).flatMap(({ text, colour }) => wrap(`all agents: ${text}`, style.width).map(colour));
}

function rowLines(cells: readonly Cell[], notes: readonly Cell[], widths: readonly number[], style: Style): string[] {
  const padded = cells.map((cell, column) => ({ ...cell, text: cell.text.padEnd(widths[column] ?? 0) }));
  const fits = width([...padded, ...notes]) <= style.width;
  if (fits) return [paint([...padded, ...notes])];
  const fixed = padded.slice(0, -1);
  if (width(fixed) > style.width) return narrowRow(cells.slice(0, -1), notes, style);
  const room = style.width - width(fixed) - 2;
  const subject = padded.at(-1);
  const shown = subject !== undefined && room >= SHORTEST_SUBJECT ? [...fixed, { ...subject, text: truncate(subject.text, room) }] : fixed;
  return [paint(shown), ...noteLines(notes, style)];
}

/** Without columns: as many cells as fit, and the others below with the notes. */
function narrowRow(cells: readonly Cell[], notes: readonly Cell[], style: Style): string[] {
  const tooWide = cells.findIndex((_, index) => width(cells.slice(0, index + 1)) > style.width);
  const count = tooWide < 0 ? cells.length : Math.max(1, tooWide);
  const first = count === 1 ? cells.slice(0, 1).map((cell) => ({ ...cell, text: cut(cell.text, style.width) })) : cells.slice(0, count);
  return [paint(first), ...noteLines([...cells.slice(count), ...notes], style)];
}

/** As many notes on a line as there is room for; one that is longer than a line gets several. */
function noteLines(notes: readonly Cell[], style: Style): string[] {
  const room = style.width - INDENT.length;
  const lines: Cell[][] = [];
  for (const note of notes) {
    const line = lines.at(-1);
    if (line !== undefined && width([...line, note]) <= room) line.push(note);
    else lines.push(...wrap(note.text, room).map((text) => [{ ...note, text }]));
  }
  return lines.map((line) => INDENT + paint(line));
}

function width(cells: readonly Cell[]): number {
  return cells.reduce((sum, { text }) => sum + [...text].length + 2, -2);
}

function paint(cells: readonly Cell[]): string {
  const parts = cells.filter(({ text }) => text !== '');
  return parts.map(({ text, colour }) => colour(text.trimEnd()) + ' '.repeat(text.length - text.trimEnd().length)).join('  ').trimEnd();
}

function cut(text: string, room: number): string {
  return Number.isFinite(room) ? truncate(text, Math.max(1, room)) : text;
}

function tornLine({ torn }: TeamStatus): string {
  const files = [...new Set(torn.map(({ file }) => file))];
  return `${plural(torn.length, 'torn record')} in the journal ${torn.length === 1 ? 'was' : 'were'} set aside, kept in ${files.slice(0, 3).map(escapeText).join(', ')}${files.length > 3 ? ', …' : ''}`;
}

export function statusJson(status: TeamStatus): Record<string, unknown> {
  return {
    target: { branch: status.target.branch, ...tipJson(status.target.tip) },
    agents: status.agents.map((agent) => ({
      agent: agent.agent, branch: agent.branch, worktree: agent.worktree,
      place: typeof agent.place === 'object' ? 'elsewhere' : agent.place, onBranch: typeof agent.place === 'object' ? agent.place.onBranch : null, underWay: agent.underWay,
      ahead: agent.ahead, behind: agent.behind, uncommitted: agent.uncommitted,
      leftOver: agent.leftOver === null ? null : { kind: agent.leftOver.kind, ...(agent.leftOver.kind === 'idle' ? { since: new Date(agent.leftOver.since).toISOString() } : {}) },
      lastCommit: agent.tip === null ? null : tipJson(agent.tip),
      ready: agent.ready === 'ready', undoneAs: agent.undoneAs, onUndone: agent.onUndone, task: agent.task, locks: agent.locks, shelves: agent.shelves, handoffs: agent.handoffs, conflicts: agent.conflicts, settled: agent.settled,
      ...moneyJson(status.spending.agents.get(agent.agent) ?? { sum: null, reach: null }), paused: status.spending.agents.get(agent.agent)?.paused ?? null,
    })),
    team: moneyJson(status.spending.team),
    handoffs: status.handoffs, run: status.run, torn: status.torn, next: status.next,
  };
}

function moneyJson({ sum, reach }: Pick<AgentSpending, 'sum' | 'reach'>): Record<string, unknown> {
  return { spending: sum === null ? null : sumJson(sum), budget: reach === null ? null : reachJson(reach) };
}

function tipJson(tip: TeamStatus['target']['tip']): Record<string, unknown> {
  return tip === null ? { commit: null } : { commit: tip.id, subject: tip.subject, at: new Date(tip.at).toISOString() };
}
