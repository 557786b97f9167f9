import { escapeText } from '../../core/text.ts';
import type { Caller } from '../../operations/whoami.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

const HOW: Readonly<Record<Caller['knownBy'], string>> = {
  marker: 'by the marker of this worktree', environment: 'by the environment: this is not its worktree', human: 'by neither marker nor environment',
};

/** Who calls: the name on the first line, and what else is known of it, a line each. */
export function renderCaller(caller: Caller, style: Style): string {
  const { agent, role, model, provider, branch, worktree, author, committer } = caller;
  const of = [...(model === null ? [] : [model]), ...(provider === null ? [] : [`of ${provider}`])].join(' ');
  const lines = [
    `known ${HOW[caller.knownBy]}`,
    ...(of === '' ? [] : [`model: ${of}`]),
    ...(role === null ? [] : [`role: ${role}`]),
    ...(branch === null ? [] : [`branch: ${branch}`]),
    ...(worktree === null ? [] : [`worktree: ${worktree}`]),
    `commits as: ${committer ?? 'nobody: git knows no name and address'}${author === null || author === committer ? '' : `, for ${author}`}`,
  ];
  return [
    style.bold(agent ?? 'human'),
    ...lines.flatMap((line) => wrap(escapeText(line), style.width)),
    ...caller.mismatches.flatMap((mismatch) => wrap(`warning: ${mismatch}`, style.width).map(style.yellow)),
  ].join('\n');
}
