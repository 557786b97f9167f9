import type { Config } from '../core/config.ts';
import { refusal, type AiteamError } from '../core/errors.ts';
import { branchRef, type CommitId } from '../core/ids.ts';
import { escapeText } from '../core/text.ts';
import type { Repository } from '../git/repository.ts';
import { listRefs } from '../git/refs.ts';
import type { Workspace } from './workspace.ts';
import { usualTarget, type UsualTarget } from '../git/usual-target.ts';

export type TargetFinding = UsualTarget | { readonly kind: 'found'; readonly branch: string; readonly why: 'configured' };

/** The branch to land on: the configured one, else the usual one. */
export async function findTarget(repo: Repository, configured: string | null): Promise<TargetFinding> {
  return configured === null ? usualTarget(repo) : { kind: 'found', branch: configured, why: 'configured' };
}

/** The target, which must exist as a local branch. Errors: `no-commit`, `target-unclear`, `target-missing`. */
export async function requireTarget(repo: Repository, config: Pick<Config, 'target'>): Promise<string> {
  const finding = await findTarget(repo, config.target);
  if (finding.kind === 'several') {
    const names = finding.branches.map(escapeText);
    throw refusal('target-unclear', `several branches could be the target: ${names.join(', ')}`, ...names.map((name) => `aiteam init --target ${name}`));
  }
  if (finding.kind === 'none') {
    throw await withoutBranch(repo, refusal('target-unclear', 'no branch to land on was found: there is no origin/HEAD and no main, master, develop or trunk', 'aiteam init --target BRANCH'));
  }
  // Where it is checked out it exists, and git needs not be asked.
  const isCheckedOut = repo.worktrees.some(({ branch, head }) => branch === finding.branch && head !== null);
  if (isCheckedOut || (await listRefs(repo.git, branchRef(finding.branch))).length > 0) return finding.branch;
  const name = escapeText(finding.branch);
  throw await withoutBranch(repo, refusal('target-missing', `the target branch "${name}" does not exist here`, `make it: git branch ${name} COMMIT`, 'or name another one as "target" in .aiteam.yaml'));
}

/** The configured target's tip. Errors: `target-missing`. */
export async function targetTip({ git, target }: Pick<Workspace, 'git' | 'target'>): Promise<CommitId> {
  const [ref] = await listRefs(git, branchRef(target));
  if (ref === undefined) throw refusal('target-missing', `there is no branch "${target}"`, `git branch ${target} <commit>`);
  return ref.id;
}

/** What to say of a missing target: where no branch exists at all, that comes first. */
async function withoutBranch(repo: Repository, otherwise: AiteamError): Promise<AiteamError> {
  const branches = await listRefs(repo.git, 'refs/heads/');
  return branches.length > 0 ? otherwise : refusal('no-commit', 'this repository has no commit yet, so there is nothing that agents could branch from', 'git add -A && git commit -m "first commit"');
}
