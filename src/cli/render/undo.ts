import { escapeText } from '../../core/text.ts';
import type { UndoResult } from '../../operations/undo.ts';
import { gateText } from './gate.ts';
import type { Style } from './style.ts';

/** 3 where a gate kept the target where it is. */
export function undoExitCode(result: UndoResult): number {
  return result.moved === null && !result.dryRun ? 3 : 0;
}

export function renderUndo(result: UndoResult, style: Style): string {
  const target = style.bold(escapeText(result.target));
  const what = `${escapeText(result.undoes)}${result.agents.length === 0 ? '' : ` (${result.agents.join(', ')})`}`;
  const how = result.how === 'moved-back' ? 'by moving back' : `by a commit on top, because ${result.because === 'pushed' ? 'it was pushed' : 'there is later work'}`;
  const lines: string[] = [];
  if (result.dryRun) lines.push(`${style.green('would undo')}  ${what} on ${target}, ${how}`);
  else if (result.moved === null) lines.push(`${style.red('not undone')}  ${what}: without it, what is on ${target} does not pass`);
  else lines.push(`${style.green('undone')}  ${what}, ${how}`, '', `${target} moved from ${result.moved.old.slice(0, 8)} to ${result.moved.new.slice(0, 8)} (${result.moved.id})`);
  for (const gate of result.gates.filter(({ verdict }) => verdict !== 'passed')) lines.push(...gateText(gate, style));
  if (result.held.length > 0) lines.push(`${style.yellow('built on it')}  ${result.held.join(', ')}: stays out of integrate until synced`);
  if (result.moved !== null) {
    if (result.held.length > 0) lines.push(`${style.cyan('next')}: aiteam sync ${result.how === 'moved-back' ? '--rebase ' : ''}${result.held.join(' ')}`);
    lines.push(`${style.cyan('next')}: aiteam undo ${result.moved.id} brings it back`);
  }
  return `${lines.join('\n')}\n`;
}

export function undoJson(result: UndoResult): Record<string, unknown> {
  return { ...result };
}
