import { AiteamError } from '../../core/errors.ts';
import { escapeBlock } from '../../core/text.ts';
import type { Progress } from '../../operations/context.ts';
import type { Style } from './style.ts';
import { renderCommands } from './trust.ts';

/** An error for stderr: what failed and why, then what to do next. */
export function renderError(error: unknown, style: Style): string {
  if (error instanceof AiteamError) return renderProblem('error', style.red, error.message, error.hints, style);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${style.red('bug')}: ${escapeBlock(text)}\n${style.cyan('hint')}: this is a fault of aiteam: please report it with the lines above\n`;
}

/** An error for stdout, where a script reads it: `code` is stable, `message` and `hints` are for people. */
export function errorJson(error: unknown): Record<string, unknown> {
  if (error instanceof AiteamError) return { code: error.code, message: error.message, hints: error.hints };
  return { code: 'bug', message: error instanceof Error ? error.message : String(error), hints: [] };
}

/** One piece of narration for stderr. */
export function renderProgress(progress: Progress, style: Style): string {
  switch (progress.kind) {
    case 'doing': return `${style.dim(escapeBlock(progress.what))}\n`;
    case 'output': return escapeBlock(Buffer.from(progress.chunk).toString('utf8'));
    case 'commands': return renderCommands(progress.commands, style);
    case 'warning': return renderProblem('warning', style.yellow, progress.message, progress.hints, style);
  }
}

export function renderProblem(word: string, colour: (text: string) => string, message: string, hints: readonly string[], style: Style): string {
  const lines = [`${colour(word)}: ${escapeBlock(message)}`, ...hints.map((hint) => `${style.cyan('hint')}: ${escapeBlock(hint)}`)];
  return `${lines.join('\n')}\n`;
}
