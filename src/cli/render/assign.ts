import { escapeText } from '../../core/text.ts';
import type { Assigned } from '../../operations/assign.ts';
import type { Style } from './style.ts';

export function renderAssigned({ agent, task, files, before }: Assigned, style: Style): string {
  const name = style.bold(agent);
  if (task === null) return `${name} has no task${before === null ? ', and had none' : ` any more; it was: ${escapeText(before)}`}\n`;
  const lines = [
    `${name} works on: ${escapeText(task)}`,
    ...(before === null || before === task ? [] : [`before: ${escapeText(before)}`]),
    ...(files.length === 0 ? [] : [`its files: ${files.map(escapeText).join(', ')}`]),
  ];
  return `${lines.join('\n')}\n`;
}
