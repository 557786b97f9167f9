import { escapeText, plural } from '../../core/text.ts';
import type { InitResult } from '../../operations/init.ts';
import type { Style } from './style.ts';

/** What was set up, and what to do next. */
export function renderInit(result: InitResult, style: Style): string {
  const { target, agents, added, config, configFile, committed, unapproved, changed } = result;
  const file = configFile === null ? 'the configuration' : committed === null ? escapeText(configFile) : '.aiteam.yaml';
  const team = agents.length === 0 ? 'no agent yet' : agents.join(', ');
  const done = {
    write: `wrote ${file}`, extend: `added ${added.length === 0 ? 'the target' : added.join(', ')} to ${file}`, keep: '',
  }[config];
  return [
    changed ? style.green('this repository is set up') : 'nothing to do: this repository is set up already',
    `agents: ${team}`,
    `their work lands on: ${escapeText(target)}`,
    done,
    committed === false ? `${style.yellow('not committed')}: git add .aiteam.yaml && git commit -m "aiteam"` : '',
    unapproved > 0 ? `${plural(unapproved, 'command')} of ${file} ${unapproved === 1 ? 'waits' : 'wait'} for your approval: aiteam trust` : '',
    changed && agents.length > 0 ? `next: aiteam worktree add ${(added.length > 0 ? added : agents).join(' ')}` : '',
  ].filter((line) => line !== '').join('\n');
}
