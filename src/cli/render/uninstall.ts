import { escapeText } from '../../core/text.ts';
import type { Uninstalled } from '../../operations/uninstall.ts';

/** What stays after `uninstall`. */
export function renderUninstalled({ agents, left, configFile }: Uninstalled): string {
  const lines = ['aiteam is no longer part of this repository'];
  if (agents.length > 0) lines.push('these stay as they are:', ...agents.map(({ agent, branch, worktree }) => `  ${agent}: ${escapeText(branch)} in ${escapeText(worktree)}`));
  if (configFile) lines.push('.aiteam.yaml stays too; rm .aiteam.yaml if you do not want it any more');
  if (left.length > 0) lines.push(`.ai-coordinator stays, because not everything in it is aiteam's: ${left.map(escapeText).join(', ')}`);
  return lines.join('\n');
}
