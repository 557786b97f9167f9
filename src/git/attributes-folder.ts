import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { CommitId, RepoPath } from '../core/ids.ts';
import type { Git } from './git.ts';
import { readObjects } from './objects.ts';
import { onDisk } from './on-disk.ts';

/** A file of the folder: its content's blob, or the text that it gets. */
type Entry = { readonly path: string } & ({ readonly blob: string } | { readonly text: string });

/**
 * A folder below `folder` that holds the commit's `.gitattributes` and `.gitmodules` and nothing else: git reads these from
 * the current worktree, not from the commits that it merges. Submodules that `worktree` has are found from there, because
 * git looks into them for which of two commits contains the other. One folder for each such set, made once.
 */
export async function attributesFolder(git: Git, folder: string, commit: CommitId, worktree: string | null): Promise<string> {
  const entries = (await git.bytes(['ls-tree', '-r', '-z', commit])).split('\0').flatMap((line) => entryOf(line, worktree));
  const name = createHash('sha256').update(JSON.stringify(entries), 'latin1').digest('hex').slice(0, 16);
  const made = join(folder, `attributes-${name}`);
  if (existsSync(made)) return made;
  const making = `${made}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  const contents = await readObjects(git, entries.flatMap((entry) => ('blob' in entry ? [entry.blob] : [])));
  for (const entry of entries) {
    mkdirSync(onDisk(making, dirname(entry.path)), { recursive: true });
    writeFileSync(onDisk(making, entry.path), 'text' in entry ? entry.text : (contents.shift() ?? ''));
  }
  try {
    renameSync(making, made);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(made)) throw error;
  }
  return made;
}

/** Those of the tips that have another `.gitattributes` or `.gitmodules` somewhere than the base has. */
export async function tipsThatDecide(git: Git, base: CommitId, tips: readonly CommitId[]): Promise<Set<CommitId>> {
  if (tips.length < 2) return new Set();
  const args = ['diff-tree', '--stdin', '-r', '-z', '--name-only', '--no-renames', '--', ':(top,glob)**/.gitattributes', ':(top,literal).gitmodules'];
  const named = new Set((await git.bytes(args, { input: tips.map((tip) => `${tip} ${base}\n`).join('') })).split('\0'));
  return new Set(tips.filter((tip) => named.has(tip)));
}

/** Whether the content of the file at this path decides how others are merged. */
export function decidesMerges(path: string): boolean {
  return path === '.gitmodules' || path === '.gitattributes' || path.endsWith('/.gitattributes');
}

function entryOf(line: string, worktree: string | null): Entry[] {
  const tab = line.indexOf('\t');
  const path = line.slice(tab + 1);
  const [mode = '', , id = ''] = line.slice(0, tab).split(' ');
  if (mode === '160000') {
    const gitDir = worktree === null ? null : submoduleGitDir(worktree, path as RepoPath);
    return gitDir === null ? [] : [{ path: `${path}/.git`, text: `gitdir: ${gitDir}\n` }];
  }
  return decidesMerges(path) && mode.startsWith('100') ? [{ path, blob: id }] : [];
}

/** Where the submodule's own repository lies; null where it is not checked out. */
function submoduleGitDir(worktree: string, path: RepoPath): string | null {
  const place = Buffer.concat([onDisk(worktree, path), Buffer.from('/.git')]);
  try {
    if (statSync(place).isDirectory()) return place.toString('utf8');
    const [, named] = /^gitdir: (.+)\n?$/.exec(readFileSync(place, 'utf8')) ?? [];
    return named === undefined ? null : resolve(dirname(place.toString('utf8')), named);
  } catch {
    return null;
  }
}
