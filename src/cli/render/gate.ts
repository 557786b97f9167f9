import { escapeText } from '../../core/text.ts';
import type { GateResult } from '../../operations/integrate/gate.ts';
import type { Style } from './style.ts';

/** A gate that did not pass: its command, why, the end of its output, and where the whole of it is. */
export function gateText(gate: GateResult, style: Style): string[] {
  const word = gate.verdict === 'failed' ? 'failed' : 'could not run';
  return [
    `${style.red(`gate ${word}`)}  ${style.bold(escapeText(gate.name))}: ${escapeText(gate.command)} (${escapeText(gate.reason ?? '')})`,
    ...gate.tail.map((line) => `    ${line}`),
    ...(gate.log === null ? [] : [style.dim(`    whole output: ${escapeText(gate.log)}`)]),
  ];
}
