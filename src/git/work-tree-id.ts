import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../core/errors.ts';
import type { CommitId, RepoPath, TreeId } from '../core/ids.ts';
import { linkedPath } from '../core/links-out.ts';
import { escapeText } from '../core/text.ts';
import { ProcessError } from '../process/run.ts';
import { convertedFiles } from './converted-files.ts';
import { filesOfTree, type TreeChange } from './diff.ts';
import type { Git } from './git.ts';
import { flaggedPaths, hiddenChanges } from './hidden-changes.ts';
import { readObjects, treeOf } from './objects.ts';
import { lstatIfThere } from './on-disk.ts';
import { worktreeWork } from './uncommitted-work.ts';

/** What a worktree holds, in a few characters. */
export interface TreeState {
  /** Of all that git does not ignore, the uncommitted included. */
  readonly tree: TreeId;
  /** Paths whose content is not part of that: nested repositories, changed submodules, files that git was told not to look at. */
  readonly unseen: readonly RepoPath[];
  /** Paths that are part of it and not on the disk: what a sparse checkout leaves out. */
  readonly absent: readonly RepoPath[];
}

/** The state of a worktree now; `git` is where new objects go, `index` where a copy of its index may be for the while. */
export async function treeState(git: Git, worktree: { path: string; gitDir: string; head: CommitId }, index: string): Promise<TreeState> {
  const { commit, nested } = await worktreeWork(git, worktree, index);
  const [tree, flagged, submodules] = await Promise.all([treeOf(git, commit), flaggedPaths(git, worktree.path), changedSubmodules(git, worktree.path)]);
  const hidden = await hiddenChanges(git, { worktree: worktree.path, gitDir: worktree.gitDir }, flagged, null);
  const absent = flagged.filter(({ path, skipped }) => skipped && lstatIfThere(worktree.path, path) === null).map(({ path }) => path);
  return { tree, unseen: [...nested, ...hidden, ...submodules], absent };
}

/** What a command can read of a worktree. */
export interface Content {
  /** Differs where something of it differs. */
  readonly text: string;
  readonly unseen: readonly RepoPath[];
}

/**
 * The content of the worktree that `there` is in, as it lies on the disk: all of it, or of what pathspecs match that are read in the
 * folder `cwd`. A link that leads to something which does not count is unseen.
 * Errors: `input` (usage) for pathspecs that match nothing, or that git cannot read.
 */
export async function contentOf(there: Git, cwd: string, { tree, unseen, absent }: TreeState, pathspecs: readonly string[]): Promise<Content> {
  const files = pathspecs.length === 0 ? await filesOfTree(there, tree, []) : await matchedFiles(there.at(cwd), tree, pathspecs);
  const paths = new Set<string>(files.map(({ path }) => path));
  const isMode = (wanted: string) => ({ newMode }: TreeChange): boolean => newMode === wanted;
  const converted = await convertedFiles(there, files.filter(({ newMode }) => newMode.startsWith('100')).map(({ path }) => path));
  const populated = files.filter(isMode(GITLINK)).map(({ path }) => path).filter((path) => lstatIfThere(there.cwd, `${path}/.git`) !== null);
  const listed = pathspecs.length === 0 ? tree : files.map(({ path, newMode, newBlob }) => [path, newMode, newBlob]);
  const links = await uncountedLinks(there, tree, files.filter(isMode(LINK)), pathspecs.length === 0 ? null : paths);
  return { text: JSON.stringify([listed, absent.filter((path) => paths.has(path)), populated, converted]), unseen: [...unseen, ...links] };
}

const LINK = '120000';
const GITLINK = '160000';

async function matchedFiles(git: Git, tree: TreeId, pathspecs: readonly string[]): Promise<TreeChange[]> {
  try {
    const files = await filesOfTree(git, tree, pathspecs);
    if (files.length > 0) return files;
  } catch (error) {
    if (!(error instanceof ProcessError) || error.exitCode !== 128) throw error;
    throw usageError('input', `git cannot read the inputs: ${escapeText(error.stderr.replace(/^fatal: /, '').trim())}`, 'git help glossary, at "pathspec"');
  }
  throw usageError('input', 'no file matches the inputs: of ignored files nothing is known', 'git ls-files -co --exclude-standard -- PATHSPEC shows what one matches');
}

/** The links that lead out of the tree, or, where only these paths count, to another one. */
async function uncountedLinks(git: Git, tree: TreeId, links: readonly TreeChange[], counted: ReadonlySet<string> | null): Promise<RepoPath[]> {
  if (links.length === 0) return [];
  const targets = await readObjects(git, links.map(({ newBlob }) => newBlob));
  const all = counted === null ? [] : (await filesOfTree(git, tree, [])).map(({ path }) => path as string);
  return links.map(({ path }) => path).filter((path, index) => {
    const place = linkedPath(path, targets[index]?.toString('latin1') ?? '');
    if (place === null || counted === null) return place === null;
    const below = all.filter((other) => place === '' || other === place || other.startsWith(`${place}/`));
    return below.length === 0 || below.some((other) => !counted.has(other));
  });
}

/** Submodules with changes of their own (git-status(1), porcelain version 2: the field after the letters). */
async function changedSubmodules(git: Git, worktree: string): Promise<RepoPath[]> {
  if (!existsSync(join(worktree, '.gitmodules'))) return [];
  const out = await git.bytes(['status', '--porcelain=v2', '-z', '--no-renames', '--untracked-files=no', '--ignore-submodules=none'], { cwd: worktree });
  return out.split('\0').flatMap((entry) => (/^1 .. S.(?:M|.U)/.test(entry) ? [entry.split(' ').slice(8).join(' ') as RepoPath] : []));
}
