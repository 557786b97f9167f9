import { lasting } from '../../core/ago.ts';
import { escapeText, plural } from '../../core/text.ts';
import type { Closed } from '../../operations/windows/down.ts';
import type { Opened } from '../../operations/windows/up.ts';
import type { Ended } from '../../operations/windows/windows.ts';
import type { Style } from './style.ts';

/** 3 where somebody is not at work. */
export function openedExitCode(opened: readonly Opened[]): number {
  return opened.every(({ outcome, paused }) => paused === null && (outcome === 'started' || outcome === 'running')) ? 0 : 3;
}

/** A line an agent, with how its client ended, and what to type next. */
export function renderOpened(opened: readonly Opened[], style: Style): string {
  const lines = opened.flatMap(({ agent, outcome, before, ended, prompt, paused }) => {
    const name = style.bold(agent);
    const again = before === null ? [] : renderEnd('the one before', before, style);
    switch (outcome) {
      case 'running': return paused === null ? [`at work already  ${name}`] : [`${style.red('paused')}  ${name}`, `  ${escapeText(paused)}`, `  all the same: aiteam up ${agent} --over-budget`];
      case 'started': return [`${style.green('started')}  ${name}${prompt === null ? '' : '  with the prompt'}`, ...again];
      case 'ended': return [`${style.red('ended at once')}  ${name}`, ...renderEnd('it', ended, style), ...again];
      case 'slow': return [`${style.yellow('not started yet')}  ${name}`, `  look at it: aiteam logs ${agent}`, ...again];
    }
  });
  return [...lines, 'next: aiteam attach'].join('\n');
}

/** 3 where something still runs whose window was closed. */
export function closedExitCode(closed: readonly Closed[]): number {
  return closed.some(({ outcome }) => outcome === 'still') ? 3 : 0;
}

export function renderClosed(closed: readonly Closed[], style: Style): string {
  if (closed.length === 0) return 'no window is open';
  return closed.flatMap(({ agent, outcome, pid, ended, idleMs, paused, uncommitted }) => {
    const name = style.bold(escapeText(agent));
    const idle = paused ? '  paused, and so not idle' : idleMs === null ? '' : `  idle for ${lasting(idleMs)}`;
    const left = renderLeft(uncommitted);
    switch (outcome) {
      case 'closed': return [`closed  ${name}${idle}`, ...renderEnd('it', ended, style), ...left];
      case 'kept': return [`kept  ${name}${idle}`];
      case 'no-window': return [`no window  ${name}`];
      case 'still': return [`${style.yellow('closed')}  ${name}${idle}`, `  it has not ended yet: process ${pid}`, ...left];
    }
  }).join('\n');
}

function renderLeft(uncommitted: Closed['uncommitted']): string[] {
  const files = uncommitted === null ? 0 : uncommitted.changed + uncommitted.untracked;
  return files === 0 ? [] : [`  ${plural(files, 'file')} of its worktree ${files === 1 ? 'is' : 'are'} not committed, and stay${files === 1 ? 's' : ''} there`];
}

function renderEnd(who: string, ended: Ended | null, style: Style): string[] {
  return ended === null ? [] : [`  ${who} ended with exit code ${ended.exitCode}`, ...ended.lines.map((line) => style.dim(`    ${escapeText(line)}`))];
}
