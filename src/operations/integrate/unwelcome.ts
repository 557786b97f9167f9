import type { CommitId, RepoPath } from '../../core/ids.ts';
import { leadsOut } from '../../core/links-out.ts';
import { foldersAbove, pathTwins, type PathTwins } from '../../core/path-twins.ts';
import { brokenEntries, type TreeChange } from '../../git/diff.ts';
import type { Git } from '../../git/git.ts';
import { readObjects } from '../../git/objects.ts';
import { folderNames } from '../../git/tree-folders.ts';

/** Why a branch that merges cleanly must not land. */
export type Unwelcome =
  | { readonly kind: 'views-touched'; readonly paths: readonly RepoPath[] }
  /** Git's merge put entries without an object there, which `git merge` itself then fails on. */
  | { readonly kind: 'tree-broken'; readonly paths: readonly RepoPath[] }
  | { readonly kind: 'link-outside'; readonly links: readonly { readonly path: RepoPath; readonly target: RepoPath }[] }
  | { readonly kind: 'path-twins'; readonly twins: readonly PathTwins[] };

/** What is unwelcome among the changes from one commit to another; null where nothing is. */
export async function unwelcomeIn(git: Git, from: CommitId, to: CommitId, changes: readonly TreeChange[]): Promise<Unwelcome | null> {
  const views = changes.map((change) => change.path).filter((path) => /^\.ai-coordinator(\/|$)/i.test(path));
  if (views.length > 0) return { kind: 'views-touched', paths: views };
  const broken = brokenEntries(changes);
  if (broken.length > 0) return { kind: 'tree-broken', paths: broken };
  const links = await linksOut(git, changes);
  if (links.length > 0) return { kind: 'link-outside', links };
  const twins = await twinsIn(git, from, to, changes.filter((change) => change.status === 'A').map((change) => change.path));
  return twins.length === 0 ? null : { kind: 'path-twins', twins };
}

async function linksOut(git: Git, changes: readonly TreeChange[]): Promise<{ path: RepoPath; target: RepoPath }[]> {
  const links = changes.filter((change) => change.newMode === '120000');
  const targets = await readObjects(git, links.map((link) => link.newBlob));
  return links.map(({ path }, index) => ({ path, target: (targets[index] ?? '').toString('latin1') as RepoPath })).filter(({ path, target }) => leadsOut(path, target));
}

async function twinsIn(git: Git, from: CommitId, to: CommitId, added: readonly RepoPath[]): Promise<PathTwins[]> {
  if (added.length === 0) return [];
  const folders = foldersAbove(added);
  const [before, after] = await Promise.all([folderNames(git, from, folders), folderNames(git, to, folders)]);
  return pathTwins(added, before, after);
}
