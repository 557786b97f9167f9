import { escapeText, plural } from '../../core/text.ts';
import type { Added } from '../../operations/worktree/add.ts';
import { renderProblem } from './messages.ts';
import type { Style } from './style.ts';

const WORDS = { made: 'made', attached: 'attached', existing: 'there already' } as const;

/** 3 where an agent was refused or its worktree is not ready to work in. */
export function addedExitCode(added: readonly Added[]): number {
  const left = added.filter((outcome) => outcome.kind === 'refused' || outcome.unprepared !== null);
  return left.length === 0 ? 0 : added.every((outcome) => outcome.kind === 'refused') ? 1 : 3;
}

export function renderAdded(added: readonly Added[], style: Style): string {
  const lines: string[] = [];
  for (const outcome of added) {
    if (outcome.kind === 'refused') {
      lines.push(renderProblem(outcome.agent, style.red, outcome.error.message, outcome.error.hints, style));
      continue;
    }
    const { agent, kind, path, branch, configured, unprepared } = outcome;
    lines.push(`${style.green(WORDS[kind])}  ${style.bold(agent)}  ${escapeText(branch)}  ${escapeText(path)}`);
    if (!configured) lines.push(style.dim(`  ${agent} is not in .aiteam.yaml: it has no provider, model or command of its own`));
    if (unprepared !== null) lines.push(renderProblem('  not ready', style.yellow, unprepared.message, unprepared.hints, style));
  }
  const refused = added.filter((outcome) => outcome.kind === 'refused').length;
  if (refused > 0 && added.length > 1) lines.push(`${plural(refused, 'agent')} of ${added.length} refused`);
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

export function addedJson(outcome: Added): Record<string, unknown> {
  if (outcome.kind === 'refused') return { agent: outcome.agent, outcome: 'refused', error: outcome.error.code, message: outcome.error.message };
  const { agent, kind, path, branch, configured, unprepared } = outcome;
  return { agent, outcome: kind, path, branch, configured, ready: unprepared === null, ...(unprepared === null ? {} : { error: unprepared.code, message: unprepared.message }) };
}
