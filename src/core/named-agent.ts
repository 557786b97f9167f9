import type { AgentId } from './ids.ts';

/** The key of the trailer that names agents; `Assisted-by` where the template begins with none that git knows as one. */
export function trailerKey(template: string): string {
  return /^([A-Za-z0-9-]+)\s*:/.exec(template)?.[1] ?? 'Assisted-by';
}

/** The agent that a commit's trailers name, as after a cherry-pick: the name at the beginning of a value, where it is one of ours. */
export function namedAgent(values: readonly string[], isKnown: (name: string) => boolean): AgentId | null {
  const names = values.map((value) => /^[a-z0-9._-]*/.exec(value)?.[0] ?? '');
  return (names.find((name) => name !== '' && isKnown(name)) ?? null) as AgentId | null;
}
