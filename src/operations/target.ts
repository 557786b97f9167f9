import type { Config } from '../core/config.ts';
import { refusal } from '../core/errors.ts';
import { branchRef } from '../core/ids.ts';
import type { Repository } from '../git/repository.ts';
import { listRefs } from '../git/refs.ts';

const USUAL_TARGETS = ['main', 'master', 'develop', 'trunk'];

export type TargetFinding =
  | { readonly kind: 'found'; readonly branch: string; readonly why: 'configured' | 'origin' | 'only one' }
  | { readonly kind: 'several'; readonly branches: readonly string[] }
  | { readonly kind: 'none' };

/** The branch to land on: the configured one, else origin/HEAD's, else the only one of the usual names. */
export async function findTarget(repo: Repository, configured: string | null): Promise<TargetFinding> {
  if (configured !== null) return { kind: 'found', branch: configured, why: 'configured' };
  const origin = await repo.git.run(['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD'], { accept: [0, 1] });
  const refs = await listRefs(repo.git, ...USUAL_TARGETS.map(branchRef));
  const present = USUAL_TARGETS.filter((name) => refs.some((ref) => ref.name === branchRef(name)));
  const fromOrigin = origin.stdout.toString('utf8').trim().replace(/^origin\//, '');
  if (fromOrigin !== '' && (await listRefs(repo.git, branchRef(fromOrigin))).length > 0) return { kind: 'found', branch: fromOrigin, why: 'origin' };
  const [only, ...others] = present;
  if (only === undefined) return { kind: 'none' };
  return others.length === 0 ? { kind: 'found', branch: only, why: 'only one' } : { kind: 'several', branches: present };
}

/** The target, which must exist as a local branch. Errors: `target-unclear`, `target-missing`. */
export async function requireTarget(repo: Repository, config: Config): Promise<string> {
  const finding = await findTarget(repo, config.target);
  switch (finding.kind) {
    case 'found':
      if ((await listRefs(repo.git, branchRef(finding.branch))).length === 0) {
        throw refusal('target-missing', `the target branch "${finding.branch}" does not exist here`, `git branch ${finding.branch} <commit>, or name another one as target: in .aiteam.yaml`);
      }
      return finding.branch;
    case 'several':
      throw refusal('target-unclear', `several branches could be the target: ${finding.branches.join(', ')}`, `aiteam init --target ${finding.branches[0]}`);
    case 'none':
      throw refusal('target-unclear', 'no branch to land on was found: there is no origin/HEAD and no main, master, develop or trunk', 'aiteam init --target BRANCH');
  }
}
