import { refusal, type AiteamError } from '../../core/errors.ts';
import type { AgentId } from '../../core/ids.ts';
import { escapeText } from '../../core/text.ts';

/** The refusal where only merge drivers could tell what merging a branch comes to. */
export function needsDriver(drivers: readonly string[], agent: AgentId): AiteamError {
  const names = [...new Set(drivers)].map(escapeText);
  return refusal(
    'needs-driver', `git merges ${agent}'s branch with ${names.length === 1 ? 'a merge driver' : 'merge drivers'} that may not run here, or could not: ${names.join(', ')}`,
    ...names.map((name) => `put it below merge_drivers: in .aiteam.yaml with the command of git config merge.${name}.driver, then: aiteam trust`),
  );
}
