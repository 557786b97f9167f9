/** A path that differs between two trees, as far as this rule asks. */
interface Change {
  readonly path: string;
  /** A added, D deleted, M modified, T type changed. */
  readonly status: string;
}

/**
 * How many of these branches, from the first on, touch only paths that none before them touches: each path added or
 * modified, none deleted or changed in type (so that nothing can count as renamed), none that is a folder of another.
 */
export function disjointPrefix(branches: readonly (readonly Change[])[]): number {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const [count, changes] of branches.entries()) {
    for (const { path, status } of changes) {
      if ((status !== 'A' && status !== 'M') || files.has(path) || folders.has(path)) return count;
      if (foldersOf(path).some((folder) => files.has(folder))) return count;
    }
    for (const { path } of changes) {
      files.add(path);
      for (const folder of foldersOf(path)) folders.add(folder);
    }
  }
  return branches.length;
}

function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) folders.push(path.slice(0, slash));
  return folders;
}
