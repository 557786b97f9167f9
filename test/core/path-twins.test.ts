import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RepoPath } from '../../src/core/ids.ts';
import { foldersAbove, pathTwins, type FolderNames } from '../../src/core/path-twins.ts';

/** Bytes of UTF-8, one character each, as paths are. */
const bytes = (name: string): string => Buffer.from(name, 'utf8').toString('latin1');

/** What `git` would give for a tree with these files. */
function namesOf(files: readonly string[]): FolderNames {
  const names = new Map<string, Set<string>>([['', new Set()]]);
  for (const file of files) {
    const parts = file.split('/');
    parts.forEach((name, depth) => {
      const folder = parts.slice(0, depth).join('/');
      names.set(folder, (names.get(folder) ?? new Set()).add(name));
    });
  }
  return names;
}

const twinsOf = (before: readonly string[], added: readonly string[]) => pathTwins(added as RepoPath[], namesOf(before), namesOf([...before, ...added]));

const name = fc.constantFrom('a', 'A', 'b', 'B', bytes('é'), bytes('É'), bytes('e\u0301'));
const files = fc.uniqueArray(fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')), { maxLength: 5 });
const asOneDiskHasIt = (path: string): string => Buffer.from(path, 'latin1').toString('utf8').normalize('NFC').toLowerCase();

describe('paths that are one where cases or Unicode forms are not told apart', () => {
  it('are found exactly where an added file or folder meets another on such a disk', () => {
    fc.assert(fc.property(files, files, (before, more) => {
      const added = more.filter((path) => !before.includes(path));
      const all = [...new Set([...before, ...added].flatMap((path) => [path, ...foldersAbove([path]).slice(1)]))];
      const fresh = new Set([...added, ...foldersAbove(added).slice(1)].filter((path) => !before.some((old) => old === path || old.startsWith(`${path}/`))));
      const parent = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
      const expected = [...fresh].flatMap((path) => all.filter((other) => other !== path && parent(other) === parent(path) && asOneDiskHasIt(other) === asOneDiskHasIt(path)));
      const found = twinsOf(before, added);
      expect(found.length > 0).toBe(expected.length > 0);
      for (const { path, other } of found) expect([fresh.has(path), asOneDiskHasIt(path)]).toEqual([true, asOneDiskHasIt(other)]);
    }));
  });

  it('twins that were there before are left alone, and so is what is added below them', () => {
    expect(twinsOf(['src/a', 'Src/b'], ['Src/c', 'src/d'])).toEqual([]);
  });

  it('bytes that are no UTF-8 are compared as they are', () => {
    expect(twinsOf(['caf\u00e9'], ['caf\u00c9'])).toEqual([]);
    expect(twinsOf(['CAF\u00e9'], ['caf\u00e9'])).toEqual([{ path: 'caf\u00e9', other: 'CAF\u00e9' }]);
  });
});
