import type { ConfiguredCommand } from '../../core/approval.ts';
import { escapeBlock, escapeText, plural } from '../../core/text.ts';
import type { TrustResult } from '../../operations/trust.ts';
import type { Style } from './style.ts';

const WHEN: Readonly<Record<ConfiguredCommand['kind'], string>> = {
  setup: 'in each new worktree', gate: 'on what is to be landed', 'merge driver': 'on files that two branches changed', agent: 'as an agent',
  provider: 'for agents of this provider', variables: 'for this agent',
};

/** Every command in full, below when it runs and what it is called. */
export function renderCommands(commands: readonly ConfiguredCommand[], style: Style): string {
  return commands.map(({ kind, name, run }) => {
    const lines = escapeBlock(run.trimEnd()).split('\n').map((line) => `    ${line}`);
    return `${style.bold(`${kind} ${escapeText(name)}`)} ${style.dim(`(${WHEN[kind]})`)}\n${lines.join('\n')}\n`;
  }).join('');
}

/** What stands in the configuration, and whether it may run. */
export function renderTrust(result: TrustResult, style: Style): string {
  const { commands, approved, done } = result;
  if (done === 'revoked') return 'nothing is approved for this repository any more';
  if (commands.length === 0) return 'there is nothing to approve: the configuration names no command';
  const number = plural(commands.length, 'command');
  if (done === 'approved') return `${style.green('approved')}: ${number}; one that changes needs approval again`;
  const state = approved ? `${style.green('approved')}: ${number}` : `${style.yellow('not approved')}: ${number}; approve with: aiteam trust`;
  return `${renderCommands(commands, style)}${state}`;
}
