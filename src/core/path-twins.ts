import type { RepoPath } from './ids.ts';
import { decodeBytes } from './text.ts';

/** The names that each folder of a tree holds, by the folder's path; `''` is the top. */
export type FolderNames = ReadonlyMap<string, ReadonlySet<string>>;

/** Two paths that are one on a disk which does not tell cases or Unicode forms apart (macOS, Windows). */
export interface PathTwins {
  /** The file or folder that came new. */
  readonly path: RepoPath;
  readonly other: RepoPath;
}

/** Every folder that one of these paths lies in, `''` for the top included: what `pathTwins` needs to know. */
export function foldersAbove(paths: readonly string[]): string[] {
  const folders = new Set<string>(['']);
  for (const path of paths) for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) folders.add(path.slice(0, slash));
  return [...folders];
}

/**
 * The files and folders that the added paths bring and that differ from another one beside them by case or Unicode form
 * only; those that stood there before are left alone, twins or not.
 */
export function pathTwins(added: readonly RepoPath[], before: FolderNames, after: FolderNames): PathTwins[] {
  const found = new Map<string, PathTwins>();
  const byForm = new Map<string, Map<string, string[]>>();
  for (const path of added) {
    const parts = path.split('/');
    parts.forEach((name, depth) => {
      const folder = parts.slice(0, depth).join('/');
      if (before.get(folder)?.has(name) === true) return;
      const forms = byForm.get(folder) ?? grouped(after.get(folder) ?? new Set());
      byForm.set(folder, forms);
      const below = folder === '' ? '' : `${folder}/`;
      for (const other of forms.get(oneForm(name)) ?? []) {
        const [first = '', second = ''] = [name, other].sort();
        if (other !== name && !found.has(`${below}${second}\0${first}`)) found.set(`${below}${second}\0${first}`, { path: `${below}${name}` as RepoPath, other: `${below}${other}` as RepoPath });
      }
    });
  }
  return [...found.values()];
}

function grouped(names: ReadonlySet<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) groups.set(oneForm(name), [...(groups.get(oneForm(name)) ?? []), name]);
  return groups;
}

/** What such a disk compares; both ways of case, because some letters change in one only. */
function oneForm(name: string): string {
  return decodeBytes(name).normalize('NFD').toUpperCase().toLowerCase().normalize('NFC');
}
