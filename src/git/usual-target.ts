import { branchName, branchRef } from '../core/ids.ts';
import { listRefs } from './refs.ts';
import type { Repository } from './repository.ts';

const USUAL_TARGETS = ['main', 'master', 'develop', 'trunk'];

export type UsualTarget =
  | { readonly kind: 'found'; readonly branch: string; readonly why: 'origin' | 'head' | 'only one' }
  | { readonly kind: 'several'; readonly branches: readonly string[] }
  | { readonly kind: 'none' };

/** The local branch that work usually lands on: origin/HEAD's, in a bare repository HEAD's, else the only one of the usual names. */
export async function usualTarget(repo: Repository): Promise<UsualTarget> {
  const origin = await symbolicRef(repo, 'refs/remotes/origin/HEAD');
  const fromOrigin = origin?.startsWith('refs/remotes/origin/') === true ? origin.slice('refs/remotes/origin/'.length) : null;
  // HEAD of a checkout is only where the person happens to be.
  const fromHead = repo.mainWorktree === null ? branchName((await symbolicRef(repo, 'HEAD')) ?? '') : null;

  const candidates = [...new Set([fromOrigin, fromHead, ...USUAL_TARGETS].filter((name) => name !== null))];
  const refs = new Set((await listRefs(repo.git, ...candidates.map(branchRef))).map(({ name }) => name));
  const present = candidates.filter((name) => refs.has(branchRef(name)));
  if (fromOrigin !== null && present.includes(fromOrigin)) return { kind: 'found', branch: fromOrigin, why: 'origin' };
  if (fromHead !== null && present.includes(fromHead)) return { kind: 'found', branch: fromHead, why: 'head' };
  const [only, ...others] = present;
  if (only === undefined) return { kind: 'none' };
  return others.length === 0 ? { kind: 'found', branch: only, why: 'only one' } : { kind: 'several', branches: present };
}

async function symbolicRef(repo: Repository, name: string): Promise<string | null> {
  const result = await repo.git.run(['symbolic-ref', '--quiet', name], { accept: [0, 1] });
  return result.exitCode === 0 ? result.stdout.toString('utf8').trim() : null;
}
