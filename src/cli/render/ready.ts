import { escapeText, plural } from '../../core/text.ts';
import type { ReadyResult } from '../../operations/ready.ts';
import type { Style } from './style.ts';

export function renderReady(result: ReadyResult, style: Style): string {
  const name = style.bold(result.agent);
  if (!result.ready) return `${name} is not ready${result.changed ? ' any more' : ', and was not'}\n`;
  const { uncommitted } = result;
  const files = uncommitted === null ? 0 : uncommitted.changed + uncommitted.untracked;
  const lines = [
    `${name} is ${result.changed ? '' : 'already '}${style.green('ready')}: ${plural(result.commits, 'commit')} on ${escapeText(result.branch)} up to ${result.tip?.slice(0, 8) ?? ''}`,
    ...(files === 0 ? [] : [`${style.yellow('note')}: ${plural(files, 'uncommitted file')} in its worktree ${files === 1 ? 'is' : 'are'} not part of it`]),
    `${style.cyan('next')}: aiteam integrate`,
  ];
  return `${lines.join('\n')}\n`;
}
