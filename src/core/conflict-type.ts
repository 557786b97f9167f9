import type { RepoPath } from './ids.ts';

/** What git says of paths in a merge. */
export interface MergeMessage {
  readonly paths: readonly RepoPath[];
  /** Stable, as `CONFLICT (contents)` or `Auto-merging`. */
  readonly type: string;
  /** For people. */
  readonly text: string;
}

/** Git's name for the conflict at a path, without its `CONFLICT (…)`: what is not about lines comes first. */
export function conflictType(messages: readonly MergeMessage[], path: RepoPath, stages: readonly { readonly mode: string }[]): string {
  const named = messages.filter(({ type, paths }) => type.startsWith('CONFLICT') && paths.includes(path)).map(({ type }) => /^CONFLICT \((.+)\)$/.exec(type)?.[1] ?? type);
  const structural = named.find((type) => type !== 'contents');
  if (structural !== undefined) return structural;
  return stages.some(({ mode }) => mode === '120000' || mode === '160000') ? 'not mergeable' : (named[0] ?? 'unknown');
}

/** What belongs to each path, in the order in which the paths come. */
export function byPath<T extends { readonly path: RepoPath }>(entries: readonly T[]): Map<RepoPath, T[]> {
  const paths = new Map<RepoPath, T[]>();
  for (const entry of entries) {
    const known = paths.get(entry.path);
    if (known === undefined) paths.set(entry.path, [entry]);
    else known.push(entry);
  }
  return paths;
}
